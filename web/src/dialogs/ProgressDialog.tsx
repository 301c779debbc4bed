import { isOver, useRun } from "@/api/live";
import { Dialog } from "@/components/Dialog";
import { Figures, Log, Phases } from "@/components/Progress";
import { Button, LinkButton, Notice, Skeleton } from "@/components/ui";
import { word } from "@/lib/format";
import { useAIRequestLogs } from "@/stores/aiRequestLogs";

/** The run that was begun last, over any page. It can be closed and found again, and a reload brings it back. */
export default function ProgressDialog({ run }: { run: string }) {
  const setOpen = useAIRequestLogs((s) => s.setOpen);
  const { progress, line, error } = useRun(run);
  const close = () => setOpen(false);
  return (
    <Dialog
      wide
      title={progress ? word(progress.meta.kind) : "A run"}
      onClose={close}
      footer={
        <>
          {progress && !isOver(progress) && <p className="mr-auto text-ink-2">You can close this: the run goes on, and the menu shows it.</p>}
          <Button onClick={close}>Close</Button>
          <LinkButton kind="primary" to={`/automation/runs/${run}`} onClick={close}>
            Open the run
          </LinkButton>
        </>
      }
    >
      {error && !progress ? (
        <Notice tone="bad">{error.message}</Notice>
      ) : !progress ? (
        <Skeleton className="h-24 w-full" />
      ) : (
        <div className="flex flex-col gap-5">
          <div>
            <Phases progress={progress} line={line} />
          </div>
          <Figures progress={progress} />
          <div className="-mx-5 border-t border-line">
            <Log run={run} progress={progress} />
          </div>
        </div>
      )}
    </Dialog>
  );
}
