import { type ComponentProps, createContext, startTransition, use, useCallback, useEffect, useLayoutEffect, useMemo, useState, type ReactNode } from "react";

const here = () => new URL(location.href);
const Place = createContext(here());
const hearers = new Set<() => void>();

/** Goes to an address of ours. With replace, the one before is not gone back to. */
export function navigate(to: string, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", to);
  for (const hear of hearers) hear();
}

/** Tells what is below it where the browser is. What is shown stays until the next page can be. */
export function Router({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState(here);
  useLayoutEffect(() => {
    const hear = () => startTransition(() => setPlace(here()));
    hearers.add(hear);
    addEventListener("popstate", hear);
    return () => {
      hearers.delete(hear);
      removeEventListener("popstate", hear);
    };
  }, []);
  return <Place value={place}>{children}</Place>;
}

/** The address of what is shown. */
export const useLocation = () => use(Place);

/** The parameters of the address, and how they are set. */
export function useSearchParams() {
  const { pathname, search } = use(Place);
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const set = useCallback(
    (next: URLSearchParams | Record<string, string> | ((now: URLSearchParams) => URLSearchParams), options?: { replace?: boolean }) => {
      if (location.pathname !== pathname) return; // it was left, for a page that is not shown yet
      const query = new URLSearchParams(typeof next === "function" ? next(new URLSearchParams(location.search)) : next).toString();
      navigate(pathname + (query && `?${query}`), options);
    },
    [pathname],
  );
  return [params, set] as const;
}

export interface LinkProps extends Omit<ComponentProps<"a">, "href"> {
  to: string;
}

/** A link. Within the product the page stays loaded; what else a click can mean is left to the browser. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={to}
      onClick={(e) => {
        onClick?.(e);
        const { href, origin } = e.currentTarget;
        if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || rest.target || origin !== location.origin) return;
        e.preventDefault();
        navigate(href, { replace: href === location.href });
      }}
    />
  );
}

/** Leads elsewhere, instead of showing anything. */
export function Navigate({ to }: { to: string }) {
  useEffect(() => navigate(to, { replace: true }), [to]);
  return null;
}

type Parts = Readonly<Record<string, string>>;
export const Params = createContext<Parts>({});

/** What the address has in place of the path's names, such as :id. */
export const useParams = () => use(Params);

/** How addresses of a path are known, and what they have in place of its names. */
export function matcher(path: string): (pathname: string) => Parts | null {
  const pattern = new RegExp(`^${path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}/?$`, "i");
  return (pathname) => {
    const found = pattern.exec(pathname);
    return found && { ...found.groups };
  };
}
