import { Button, Empty, LinkButton } from "@/components/ui";

export const Waiting = () => (
  <div className="grid h-dvh place-items-center" role="status">
    <span className="sr-only">Loading</span>
    <span aria-hidden className="size-5 animate-spin rounded-full border-2 border-line-strong border-t-accent" />
  </div>
);

export const Lost = () => (
  <main id="main" className="grid h-full place-items-center">
    <div>
      <h1 className="sr-only">Not found</h1>
      <Empty icon="search" title="There is nothing here" body="The address may be old, or the thing was deleted, or it is not yours to see.">
        <LinkButton to="/" kind="primary">
          Go home
        </LinkButton>
      </Empty>
    </div>
  </main>
);

export const NotAllowed = () => (
  <main id="main" className="grid h-full place-items-center">
    <div>
      <h1 className="sr-only">Not for your role</h1>
      <Empty icon="alert" title="Not for your role" body="Ask an owner or admin of the account, if you need this page.">
        <LinkButton to="/">Go home</LinkButton>
      </Empty>
    </div>
  </main>
);

/** What a page shows when it broke, or its code didn't arrive after an update. */
export function PageError({ error }: { error: unknown }) {
  const stale = error instanceof TypeError && /import|module/i.test(error.message);
  return (
    <main id="main" className="grid h-full min-h-dvh place-items-center" role="alert">
      <div>
        <h1 className="sr-only">This page stopped working</h1>
        <Empty
          icon="alert"
          title={stale ? "There is a newer version" : "This page stopped working"}
          body={stale ? "Load the page again to go on." : "Nothing was changed by it. Load it again; if it stays, tell us what you did."}
        >
          <Button kind="primary" onClick={() => location.reload()}>
            Load again
          </Button>
        </Empty>
      </div>
    </main>
  );
}
