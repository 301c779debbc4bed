import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { call } from "@/api/client";
import { one, stale } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Asking } from "@/app/act";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/icons";
import { Picture } from "@/components/Picture";
import { toast } from "@/components/toast";
import { Button, Failed, Input, inputLook, Skeleton, StatusBadge } from "@/components/ui";
import { Wrong } from "@/components/Wrong";
import { cn } from "@/lib/cn";
import { plural } from "@/lib/format";

type Image = components["schemas"]["Image"];

/** An image of an article: made anew as described, replaced by a file, or described otherwise. */
export default function ImageDialog({ on, onClose }: Asking) {
  const path = `/api/v1/writer/images/${String(on.row?.id)}/`;
  const { data, error, refetch } = useQuery({ ...one<Image>(path), staleTime: 0 });
  if (data) return <Change image={data} path={path} onClose={onClose} />;
  return (
    <Dialog title="Image" onClose={onClose}>
      {error ? <Failed error={error} again={() => void refetch()} /> : <Skeleton className="aspect-video w-full rounded-lg" />}
    </Dialog>
  );
}

function Change({ image: i, path, onClose }: { image: Image; path: string; onClose: () => void }) {
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const [prompt, setPrompt] = useState(i.prompt);
  const [alt, setAlt] = useState(i.alt_text);
  const [caption, setCaption] = useState(i.caption);
  const cost = useQuery({
    queryKey: ["/api/v1/billing/estimate/", "one image"],
    queryFn: ({ signal }) => call<components["schemas"]["Quote"]>("POST", "/api/v1/billing/estimate/", { body: { kind: "images", items: 1, images: 1 }, signal }),
  });
  const done = async (said: string) => {
    toast(said);
    onClose();
    await stale("/api/v1/writer/images/", "/api/v1/billing/");
  };
  const anew = useMutation({ mutationFn: () => call("POST", `${path}regenerate/`, { body: prompt === i.prompt ? {} : { prompt } }), onSuccess: () => done("The image is being made anew") });
  const replace = useMutation({
    mutationFn: (f: File) => {
      const form = new FormData();
      form.set("file", f);
      return call("POST", `${path}replace/`, { form });
    },
    onSuccess: () => done("The image is replaced"),
  });
  const words = useMutation({ mutationFn: () => call("PATCH", path, { body: { alt_text: alt, caption, version: i.version } }), onSuccess: () => done("Saved") });
  const busy = anew.isPending || replace.isPending || words.isPending;
  const price = cost.data?.lines.find((l) => l.function.startsWith("images"))?.price;
  return (
    <Dialog
      wide
      title={i.image_type === "featured" ? "Title image" : `Image below “${i.heading}”`}
      onClose={onClose}
      footer={
        <>
          <input
            ref={file}
            type="file"
            accept="image/png,image/jpeg,image/webp,image/gif"
            aria-label="File to replace the image by"
            className="sr-only"
            tabIndex={-1}
            onChange={(e) => {
              const f = e.target.files?.[0];
              e.target.value = "";
              if (f) replace.mutate(f);
            }}
          />
          <Button aria-busy={replace.isPending} disabled={busy} onClick={() => file.current?.click()} className="mr-auto">
            <Icon name="upload" /> Replace by a file
          </Button>
          <Button disabled={busy || (alt === i.alt_text && caption === i.caption)} aria-busy={words.isPending} onClick={() => words.mutate()}>
            Save the words
          </Button>
          <Button kind="primary" disabled={busy || !prompt.trim()} aria-busy={anew.isPending} onClick={() => anew.mutate()}>
            <Icon name="sparkles" /> Make it anew{price !== undefined && ` for ${plural(price, "credit")}`}
          </Button>
        </>
      }
    >
      <div className="grid gap-5 md:grid-cols-2">
        <div>
          {i.status === "generated" ? (
            <Picture path={i.image_url} alt={i.alt_text} className="aspect-video w-full rounded-lg object-cover" />
          ) : (
            <div className="grid aspect-video w-full place-items-center rounded-lg bg-muted">
              <StatusBadge set="image" value={i.status} />
            </div>
          )}
          <p className={cn("mt-2 text-xs", i.error_message ? "text-bad" : "text-ink-3")}>{i.error_message || [i.provider === "upload" ? "A file of yours" : i.provider && `Made by ${i.provider}`, i.width && `${i.width} × ${i.height}`].filter(Boolean).join(", ")}</p>
        </div>
        <div className="flex flex-col gap-4">
          <div>
            <label htmlFor={`${id}p`} className="font-medium">
              What it shows
            </label>
            <textarea id={`${id}p`} rows={4} maxLength={4000} value={prompt} onChange={(e) => setPrompt(e.target.value)} className={cn(inputLook, "mt-1 h-auto! py-1.5")} />
            <p className="mt-1 text-xs text-ink-3">For the model, when it is made anew.</p>
          </div>
          <div>
            <label htmlFor={`${id}a`} className="font-medium">
              In words, for those who can’t see it
            </label>
            <Input id={`${id}a`} maxLength={500} value={alt} onChange={(e) => setAlt(e.target.value)} className="mt-1" />
          </div>
          <div>
            <label htmlFor={`${id}c`} className="font-medium">
              Caption <span className="font-normal text-ink-3">optional</span>
            </label>
            <Input id={`${id}c`} maxLength={1000} value={caption} onChange={(e) => setCaption(e.target.value)} className="mt-1" />
          </div>
        </div>
      </div>
      <Wrong error={anew.error ?? replace.error ?? words.error} className="mt-4" />
    </Dialog>
  );
}
