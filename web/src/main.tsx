import "./index.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queries } from "@/api/queries";
import { hearTabs } from "@/api/session";
import { followTheme } from "@/lib/theme";
import { useAuth } from "@/stores/auth";
import { App, prefetch } from "@/app/router";
import { Router } from "@/lib/route";

prefetch(location.pathname);
hearTabs();
followTheme();
// What one user read is nothing for the next, nor what was read in one account for another.
useAuth.subscribe((now, before) => {
  if (now.user?.id !== before.user?.id || now.user?.account !== before.user?.account) queries.clear();
});

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Router>
        <App />
      </Router>
    </QueryClientProvider>
  </StrictMode>,
);
