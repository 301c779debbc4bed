import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({ extend: { classGroups: { shadow: [{ shadow: ["1", "2"] }] } } });
export const cn = (...values: ClassValue[]) => merge(clsx(values));
