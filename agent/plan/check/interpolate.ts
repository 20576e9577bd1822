/** One `${…}` of a compose file. */
export type Variable = {
  name: string;
  /** Set for `:-` and `-`: what stands in when the variable is not set (or empty, with the colon). */
  fallback?: string;
  /** `:?` or `?`: Compose refuses to go on without it. */
  required: boolean;
  /** `:+` or `+`: used only when the variable is set. */
  whenSet: boolean;
  /** Where it begins in the text. */
  offset: number;
};

type Values = Readonly<Record<string, string | undefined>>;
type Piece = { text: string } | ({ colon: boolean; alternative: string } & Variable);

/** The variables of a text, outermost first, those in fallbacks after them. `$$` is a dollar sign. */
export function variablesIn(text: string): Variable[] {
  return pieces(text).flatMap((piece) => {
    if ("text" in piece) return [];
    const { colon: _colon, alternative, ...variable } = piece;
    const inside = variablesIn(alternative).map((inner) => ({ ...inner, offset: variable.offset }));
    return [variable, ...inside];
  });
}

/** The text as Compose fills it in; what is not set is empty. */
export function interpolate(text: string, values: Values): string {
  return pieces(text)
    .map((piece) => ("text" in piece ? piece.text : filledIn(piece, values)))
    .join("");
}

function filledIn(piece: Exclude<Piece, { text: string }>, values: Values): string {
  const value = values[piece.name];
  const isSet = piece.colon ? (value ?? "") !== "" : value !== undefined;
  if (piece.whenSet) return isSet ? interpolate(piece.alternative, values) : "";
  if (isSet || piece.fallback === undefined) return value ?? "";
  return interpolate(piece.alternative, values);
}

function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (let at = text.indexOf("$"); at !== -1; at = text.indexOf("$", from)) {
    found.push({ text: text.slice(from, at) });
    const { piece, end } = readDollar(text, at);
    found.push(piece);
    from = end;
  }
  found.push({ text: text.slice(from) });
  return found;
}

function readDollar(text: string, at: number): { piece: Piece; end: number } {
  if (text[at + 1] === "$") return { piece: { text: "$" }, end: at + 2 };
  const bare = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(at + 1))?.[0];
  if (bare !== undefined) {
    const variable = { name: bare, required: false, whenSet: false, offset: at };
    return { piece: { ...variable, colon: false, alternative: "" }, end: at + 1 + bare.length };
  }
  const braced = /^\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?)([-?+]))?/.exec(text.slice(at + 1));
  const end = braced === null ? -1 : closingBrace(text, at + 1 + braced[0].length);
  if (braced?.[1] === undefined || end === -1) return { piece: { text: "$" }, end: at + 1 };
  const alternative = text.slice(at + 1 + braced[0].length, end);
  const [, name, colon, sign] = braced;
  const variable: Variable = {
    name,
    ...(sign === "-" ? { fallback: alternative } : {}),
    required: sign === "?",
    whenSet: sign === "+",
    offset: at,
  };
  return { piece: { ...variable, colon: colon === ":", alternative }, end: end + 1 };
}

/** Index of the brace that closes what was opened before `from`; -1 where there is none. */
function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith("${", at)) depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}
