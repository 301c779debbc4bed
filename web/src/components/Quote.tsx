import type { components } from "@/api/schema";
import { int, word } from "@/lib/format";
import { Notice, Skeleton } from "./ui";

/** The most that work can cost, line by line, and what is left of the credits. */
export function Quote({ quote, error, cap }: { quote: components["schemas"]["Quote"] | undefined; error: Error | null; cap?: number }) {
  if (error) return <Notice tone="bad">{error.message}</Notice>;
  if (!quote) return <Skeleton className="h-24 w-full" />;
  const limit = cap ?? quote.total;
  return (
    <div className="rounded-lg border border-line bg-muted/50 p-4">
      <table className="w-full">
        <caption className="pb-1 text-left text-xs font-medium text-ink-2">The most it can cost. What is not delivered is not charged.</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">For</th>
            <th scope="col">Units and price</th>
            <th scope="col">Credits</th>
          </tr>
        </thead>
        <tbody>
          {quote.lines.map((l) => (
            <tr key={l.function}>
              <th scope="row" className="py-1 text-left font-normal">
                {word(l.function)}
              </th>
              <td className="py-1 text-right text-ink-3">
                {int(l.units)} × {int(l.price)}
              </td>
              <td className="w-20 py-1 text-right">{int(l.total)}</td>
            </tr>
          ))}
          <tr className="font-semibold">
            <th scope="row" className="border-t border-line pt-2 text-left">
              At most
            </th>
            <td className="border-t border-line" />
            <td className="border-t border-line pt-2 text-right">{int(limit)}</td>
          </tr>
        </tbody>
      </table>
      <p className="mt-2 text-ink-2" aria-live="polite">
        {limit <= quote.available
          ? `You have ${int(quote.available)} credits; at least ${int(quote.available - limit)} remain.`
          : `You have ${int(quote.available)} credits, ${int(limit - quote.available)} too few. Make less, or set a lower limit.`}
      </p>
    </div>
  );
}
