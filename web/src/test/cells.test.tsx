import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { Value } from "@/components/cells";

test.each([
  [["bottomless portafilter", "58mm bottomless portafilter", "portafilter"], ["bottomless portafilter", "+2"]],
  [["burr grinder", "flat burr grinder", "grinder"], ["burr grinder", "+2"]],
  [["burr grinder", "grinder", "hand mill"], ["burr grinder", "grinder", "+1"]],
  [["a keyword that is longer than any cell has room for"], ["a keyword that is longer than any cell has room for"]],
  [["delve", "unlock", "vast"], ["delve", "unlock", "vast"]],
  [["moka pot"], ["moka pot"]],
])("of %j a cell shows %j", (words, shown) => {
  const { container } = render(<Value column={{ field: "keywords", header: "Keywords", cell: "list" }} row={{ keywords: words }} />);
  expect([...container.firstElementChild!.children].map((c) => c.textContent)).toEqual(shown);
});
