import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { queries } from "@/api/queries";
import { App } from "@/app/router";
import { Router, useLocation } from "@/lib/route";

// What the application fetches when it is needed is here before a test begins: no test waits for code to be read.
import.meta.glob(["../templates/*.tsx", "../panels/*.tsx", "../dialogs/*.tsx", "../app/*.tsx"], { eager: true });

/** The whole application at an address, as a browser would show it, and where it has gone. */
export function open(path: string) {
  history.replaceState(null, "", path);
  const router = { state: { location: new URL(location.href) } };
  function Seen() {
    router.state.location = useLocation();
    return null;
  }
  const view = render(
    <QueryClientProvider client={queries}>
      <Router>
        <App />
        <Seen />
      </Router>
    </QueryClientProvider>,
  );
  return { ...view, router };
}
