/** Words apart by one space each, with one in front. */
const plain = (text: string) => ` ${text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).join(" ")}`;

/**
 * How well a name fits what is typed: 3 if it begins so, 2 if words of it do, 1 if
 * the words are somewhere in it or in what else is said of it, 0 if they aren't.
 */
export function rank(typed: string, name: string, also: string): number {
  const [wanted, own, all] = [plain(typed), plain(name), plain(`${name} ${also}`)];
  if (own.startsWith(wanted)) return 3;
  const words = wanted.trim().split(" ");
  if (words.every((w) => own.includes(` ${w}`))) return 2;
  return words.every((w) => all.includes(w)) ? 1 : 0;
}
