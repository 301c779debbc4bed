import {
  Activity, ArrowRight, Bell, CalendarDays, Check, CircleStop, Coins, Download, FileText, Gauge, Globe, History, House, Image, KeyRound, Layers, Lightbulb, List,
  ListChecks, type LucideIcon, Pause, Pencil, Play, Plus, Receipt, RotateCcw, Search, Settings, SkipForward, Sparkles, Trash2, TriangleAlert, Upload, Users, Zap,
} from "lucide-react";
import type { IconName } from "@/config/types";

export const icons: Record<IconName, LucideIcon> = {
  activity: Activity, alert: TriangleAlert, arrow: ArrowRight, bell: Bell, calendar: CalendarDays, check: Check, coins: Coins, download: Download, file: FileText,
  gauge: Gauge, globe: Globe, history: History, home: House, image: Image, key: KeyRound, layers: Layers, lightbulb: Lightbulb, list: List, pause: Pause, pencil: Pencil, play: Play,
  plus: Plus, receipt: Receipt, retry: RotateCcw, search: Search, settings: Settings, skip: SkipForward, sparkles: Sparkles, stop: CircleStop, tasks: ListChecks,
  trash: Trash2, upload: Upload, users: Users, zap: Zap,
};

export function Icon({ name, className }: { name: IconName; className?: string }) {
  const Shape = icons[name];
  return <Shape className={className} aria-hidden />;
}
