import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { authorized } from "@/api/client";
import { cn } from "@/lib/cn";
import { Skeleton } from "./ui";

/** An image of the account: it is read as the user, so an address alone shows nobody anything. */
export function Picture({ path, alt, className }: { path: string; alt: string; className?: string }) {
  const at = path.endsWith("/") ? path : `${path}/`;
  const { data, isError } = useQuery({
    queryKey: [at],
    queryFn: async ({ signal }) => {
      const res = await authorized(new Request(new URL(at, location.origin), { signal }));
      if (!res.ok) throw new Error("The image didn’t load.");
      return res.blob();
    },
    staleTime: Infinity, // named by its content
    gcTime: 60_000,
    enabled: path !== "",
  });
  const [url, setURL] = useState<string>();
  useEffect(() => {
    if (!data) return;
    const made = URL.createObjectURL(data);
    setURL(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  if (isError || path === "") return <span className={cn("grid place-items-center bg-muted text-xs text-ink-3", className)}>No image</span>;
  if (!url) return <Skeleton className={className} />;
  return <img src={url} alt={alt} className={className} />;
}
