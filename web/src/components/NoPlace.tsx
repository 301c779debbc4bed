import { actionOf, useAct, useAllowed } from "@/app/act";
import { useSite } from "@/stores/site";
import { Icon } from "./icons";
import { Button, Empty } from "./ui";

/** Whether it is known that there is no site to show anything of. */
export const useNoPlace = () => useSite((s) => s.known && s.sites.length === 0);

/** What stands where the things of a site would, as long as there is none. */
export function NoPlace() {
  const act = useAct();
  const [add] = useAllowed(["addSite"]);
  return (
    <Empty icon="globe" title={add ? "No site yet" : "No site is open to you yet"} body={add ? "Keywords, articles and runs are of a site. Add the first one to begin." : "An owner or admin of the account opens sites to you, under Settings and Users."}>
      {add && (
        <Button kind="primary" onClick={() => act(add)}>
          <Icon name={actionOf(add).icon} /> {actionOf(add).label}
        </Button>
      )}
    </Empty>
  );
}
