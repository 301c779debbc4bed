import { useQuery } from "@tanstack/react-query";
import { useForm, useWatch } from "react-hook-form";
import { call } from "@/api/client";
import type { components } from "@/api/schema";
import { Field, fieldOf, initials } from "@/components/Form";
import { Quote } from "@/components/Quote";
import { Card } from "@/components/ui";
import type { FieldName } from "@/config/snippets/fields";

const names = ["articles", "images", "words", "ideas_per_cluster"] as const satisfies readonly FieldName[];

/** What a pipeline would cost, as its numbers are tried. */
export default function EstimatePanel() {
  const form = useForm({ defaultValues: initials(names), mode: "onChange" });
  const values = useWatch({ control: form.control });
  const ready = names.every((n) => typeof values[n] === "number") && Object.keys(form.formState.errors).length === 0;
  const quote = useQuery({
    queryKey: ["/api/v1/billing/estimate/", "pipeline", values],
    queryFn: ({ signal }) => call<components["schemas"]["Quote"]>("POST", "/api/v1/billing/estimate/", { body: values, signal }),
    placeholderData: (old) => old,
    enabled: ready,
  });
  return (
    <Card title="What would a pipeline cost?">
      <div className="grid gap-6 md:grid-cols-2">
        <form noValidate className="grid grid-cols-2 content-start gap-4" onSubmit={(e) => e.preventDefault()}>
          {names.map((n) => (
            <Field key={n} field={fieldOf(n)} register={form.register} errors={form.formState.errors} />
          ))}
        </form>
        <Quote quote={quote.data} error={quote.error} />
      </div>
    </Card>
  );
}
