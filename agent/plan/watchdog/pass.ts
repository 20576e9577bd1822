import { passDeath, passStarts, passTrouble } from "./fares.ts";
import { passNeeds } from "./needs.ts";
import { passOutage } from "./outage.ts";
import { passReport } from "./report.ts";
import { passLong, passPerson, passSigns } from "./signs.ts";
import type { Turn } from "./turn.ts";
import { passWell } from "./well.ts";

/** What follows for a service from what was seen, and from the time that has passed since. */
export function passService(turn: Turn, service: string): void {
  passNeeds(turn, service);
  passReport(turn, service);
  passStarts(turn, service);
  passDeath(turn, service);
  passTrouble(turn, service);
  passOutage(turn, service);
  passSigns(turn, service);
  passLong(turn, service);
  passPerson(turn, service);
  passWell(turn, service);
}
