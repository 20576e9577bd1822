import type { Rotation } from "../../plan/rotate/types.ts";

/** What a person has to do where something leaked: it is still good wherever else it is accepted. */
export function afterwards({ cause, names }: Rotation): string[] {
  if (cause !== "compromised") return [];
  const vendors = names.filter(({ kind }) => kind === "external").map(({ name }) => name);
  return [
    "",
    ...(vendors.length === 0
      ? []
      : [`revoke the former ${vendors.join(", ")} at the vendor now: only there it ends`]),
    "look for copies of the former values: old .env files, backups and images of before, shell history, chats",
  ];
}
