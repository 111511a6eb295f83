// What was done in one quarter, in words.

import { say } from "./texts.js";

function listed(values) {
  return values.join(", ");
}

function traits(to) {
  return listed(
    Object.entries(to).map(([trait, value]) => {
      if (trait === "alliance_function") return say(value ? "lab.getsManagers" : "lab.losesManagers");
      if (trait === "strategy") return say("lab.becomes", { strategy: String(value).replaceAll("_", " ") });
      return `${trait.replaceAll("_", " ")} ${value}`;
    }),
  );
}

export function describe(intervention) {
  const { quarter, calm, between, agree, to, firms, strategy, sector } = intervention;
  if (calm) return say("lab.calm", { quarter });
  if (between) return say("lab.agree", { quarter, firms: between.join(" & "), what: String(agree).replaceAll("_", " ") });
  let who = say("lab.allFirms");
  if (firms && firms.length) who = say(firms.length > 1 ? "lab.theseFirms" : "lab.thisFirm", { firms: listed(firms) });
  else if (strategy) who = say("lab.firmsOfStrategy", { strategy: strategy.replaceAll("_", " ") });
  else if (sector !== undefined && sector !== null) who = say("lab.firmsOfSector", { sector });
  return say("lab.set", { quarter, who, what: traits(to ?? {}) });
}
