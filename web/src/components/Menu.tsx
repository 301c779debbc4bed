import { Check } from "lucide-react";
import { DropdownMenu, Popover as RadixPopover } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import type { IconName } from "@/config/types";
import { cn } from "@/lib/cn";
import { Icon } from "./icons";

const box = "rise z-50 min-w-44 rounded-lg border border-line bg-raised p-1 shadow-2 outline-none";
const item = "flex min-h-8 items-center gap-2 rounded-md px-2 text-sm outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-muted [&_svg]:size-4 [&_svg]:shrink-0";

/** Not modal: a modal one writes a style sheet into the page, which the policy forbids. */
export function Menu({ trigger, children, align = "end", side }: { trigger: ReactNode; children: ReactNode; align?: "start" | "end"; side?: "top" | "bottom" }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={cn(box, "max-h-80 overflow-auto")} align={align} side={side} sideOffset={4} collisionPadding={8}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
export function MenuItem({ icon, danger, children, className, ...p }: ComponentProps<typeof DropdownMenu.Item> & { icon?: IconName; danger?: boolean }) {
  return (
    <DropdownMenu.Item className={cn(item, danger ? "text-bad" : "[&_svg]:text-ink-3", className)} {...p}>
      {icon && <Icon name={icon} />}
      {children}
    </DropdownMenu.Item>
  );
}
export function MenuCheck({ children, ...p }: ComponentProps<typeof DropdownMenu.CheckboxItem>) {
  return (
    <DropdownMenu.CheckboxItem className={cn(item, "relative pl-7")} onSelect={(e) => e.preventDefault()} {...p}>
      <DropdownMenu.ItemIndicator className="absolute left-2 text-accent">
        <Check />
      </DropdownMenu.ItemIndicator>
      {children}
    </DropdownMenu.CheckboxItem>
  );
}
export function MenuRadio({ children, ...p }: ComponentProps<typeof DropdownMenu.RadioItem>) {
  return (
    <DropdownMenu.RadioItem className={cn(item, "relative pl-7")} {...p}>
      <DropdownMenu.ItemIndicator className="absolute left-2 text-accent">
        <Check />
      </DropdownMenu.ItemIndicator>
      {children}
    </DropdownMenu.RadioItem>
  );
}
export const MenuRadios = DropdownMenu.RadioGroup;
export const MenuLabel = ({ children }: { children: ReactNode }) => <DropdownMenu.Label className="px-2 pt-2 pb-1 text-xs font-medium text-ink-3">{children}</DropdownMenu.Label>;
export const MenuLine = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />;

export function Popover({ trigger, children, align = "start", name, className }: { trigger: ReactNode; children: ReactNode; align?: "start" | "end"; name: string; className?: string }) {
  return (
    <RadixPopover.Root>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content aria-label={name} className={cn(box, className)} align={align} sideOffset={4} collisionPadding={8}>
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
