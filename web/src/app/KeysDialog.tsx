import { Dialog } from "@/components/Dialog";
import { Kbd } from "@/components/ui";

const keys = [
  ["Ctrl K", "Go to a page, or do something"],
  ["/", "Search this table"],
  ["Esc", "Close, or choose nothing"],
  ["J / K", "Next or previous article, when reviewing"],
  ["Enter", "Save what is edited in a table"],
  ["?", "These keys"],
];

export default function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2">
        {keys.map(([key, what]) => (
          <div key={key} className="contents">
            <dt>
              <Kbd>{key}</Kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
