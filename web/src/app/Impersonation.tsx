import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { call } from "@/api/client";
import { refresh } from "@/api/session";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui";
import { clockOf } from "@/lib/format";
import { navigate } from "@/lib/route";
import { useAuth } from "@/stores/auth";

/** Says, over every page, that a developer works in an account that is not theirs, and ends it: when asked, or when its time is over. */
export default function Impersonation() {
  const name = useAuth((a) => a.user?.account_name ?? "");
  const expires = useAuth((a) => a.expires);
  useEffect(() => {
    const over = setTimeout(() => void refresh().then((back) => back && toast("The time is over. You are back in your own account.")), Math.max(0, expires - Date.now()));
    return () => clearTimeout(over);
  }, [expires]);
  const stop = useMutation({
    mutationFn: () => call("POST", "/api/v1/auth/impersonate/stop/"),
    onSettled: async () => {
      // Also if it could not be said: the cookie is one's own, and the token ends by itself.
      await refresh();
      navigate("/system/accounts");
    },
  });
  return (
    <div role="status" className="flex min-h-10 flex-wrap items-center justify-center gap-x-4 gap-y-1 bg-warn-soft px-4 py-1 text-warn">
      <p>
        You work in <strong className="font-semibold">{name}</strong> as a developer until {clockOf(expires).slice(0, 5)}. What you do is written down there and at home.
      </p>
      <Button size="sm" aria-busy={stop.isPending} disabled={stop.isPending} onClick={() => stop.mutate()}>
        Stop
      </Button>
    </div>
  );
}
