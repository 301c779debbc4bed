import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { type ApiError, call } from "@/api/client";
import { stale } from "@/api/queries";
import type { components } from "@/api/schema";
import { Picture } from "@/components/Picture";
import { Button, Card, inputLook, Notice, Skeleton } from "@/components/ui";
import { cn } from "@/lib/cn";

const providers = [
  { id: "runware", name: "Runware" },
  { id: "openai", name: "OpenAI" },
] as const;

export default function ImageTestPanel() {
  const id = useId();
  const [prompt, setPrompt] = useState("");
  const [provider, setProvider] = useState<string>("runware");
  const make = useMutation({
    mutationFn: () => call<components["schemas"]["TestImage"]>("POST", `/api/v1/system/settings/integrations/${provider}/generate_image/`, { body: { prompt } }),
    onSettled: () => stale("/api/v1/billing/", "/api/v1/system/ai-requests/"),
  });
  const wrong = make.error as ApiError | null;
  return (
    <Card>
      <form
        className="flex flex-col gap-4"
        onSubmit={(e) => {
          e.preventDefault();
          make.mutate();
        }}
      >
        <div>
          <label htmlFor={id} className="font-medium">
            What the image shows
          </label>
          <textarea id={id} required rows={3} value={prompt} onChange={(e) => setPrompt(e.target.value)} className={cn(inputLook, "mt-1 h-auto! py-1.5")} />
        </div>
        <div className="flex flex-wrap items-end gap-2">
          <label className="flex flex-col gap-1 font-medium">
            Made by
            <select value={provider} onChange={(e) => setProvider(e.target.value)} className={cn(inputLook, "font-normal")}>
              {providers.map((p) => (
                <option key={p.id} value={p.id}>
                  {p.name}
                </option>
              ))}
            </select>
          </label>
          <Button type="submit" kind="primary" aria-busy={make.isPending} disabled={make.isPending || !prompt.trim()}>
            Make the image
          </Button>
          <p className="leading-8 text-ink-2">Some a day are free; then each costs what an image costs.</p>
        </div>
      </form>
      {wrong && (
        <div role="alert" className="mt-4">
          <Notice tone="bad">{Object.values(wrong.errors)[0]?.[0] ?? wrong.message}</Notice>
        </div>
      )}
      {make.isPending && <Skeleton className="mt-4 aspect-video w-full rounded-lg" />}
      {make.data && !make.isPending && (
        <figure className="mt-4">
          <Picture path={make.data.image_url} alt={prompt} className="aspect-video w-full rounded-lg object-cover" />
          <figcaption className="mt-1 text-xs text-ink-3">
            {make.data.provider}, {make.data.model}
          </figcaption>
        </figure>
      )}
    </Card>
  );
}
