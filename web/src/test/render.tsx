import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { MemoryRouter, useLocation } from "react-router";
import { queries } from "@/api/queries";
import { App } from "@/app/router";

/** The whole application at an address, as a browser would show it, and where it has gone. */
export function open(path: string) {
  const router = { state: { location: new URL(path, location.origin) as Pick<URL, "pathname" | "search"> } };
  function Seen() {
    router.state.location = useLocation();
    return null;
  }
  const view = render(
    <QueryClientProvider client={queries}>
      <MemoryRouter initialEntries={[path]}>
        <App />
        <Seen />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return { ...view, router };
}
