// Quotes and brackets by their characters alone: what is open at a place, and where it closes. Used only on text that the
// exact reader refused.

/** Offset of the character that closes the quote or bracket at `opener`; -1 where none does. */
export function closeOf(text: string, opener: number): number {
  const quote = text[opener];
  if (quote === '"' || quote === "'") {
    return closingQuote(text, opener);
  }
  const stack: string[] = [];
  for (let at = opener; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '[' || char === '{') {
      stack.push(char === '[' ? ']' : '}');
    } else if (char === ']' || char === '}') {
      if (stack.pop() !== char) {
        return -1;
      }
      if (stack.length === 0) {
        return at;
      }
    } else if ((char === '"' || char === "'") && startsToken(text, at)) {
      at = closingQuote(text, at);
      if (at < 0) {
        return -1;
      }
    } else if (char === '#' && /\s/.test(text[at - 1] ?? ' ')) {
      at = endOfLine(text, at) - 1;
    }
  }
  return -1;
}

function closingQuote(text: string, opener: number): number {
  const quote = text[opener];
  for (let at = opener + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') {
      at++;
    } else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'") {
        at++;
      } else {
        return at;
      }
    }
  }
  return -1;
}

/** True where a quote would open a scalar: nothing but structure stands before it. */
function startsToken(text: string, at: number): boolean {
  return /(?:^|[:\-?,]\s+|[[{,]\s*|[\r\n]\s*|[&!]\S*\s+)$/.test(text.slice(Math.max(0, at - 60), at));
}

/**
 * Quotes and brackets that are open at `at`, innermost line first: for each line above that leaves some open, the outermost
 * of that line. Looks at most 300 lines back.
 */
export function openersBefore(text: string, at: number): number[] {
  const openers: number[] = [];
  let closes = 0;
  let lineEnd = at;
  for (let count = 0; count < 300 && lineEnd > 0; count++) {
    const lineStart = lineEnd < 2 ? 0 : text.lastIndexOf('\n', lineEnd - 2) + 1;
    const line = scanLine(text, lineStart, lineEnd);
    const open = line.open.slice(0, Math.max(0, line.open.length - closes));
    closes = Math.max(0, closes - line.open.length) + line.closes;
    const [outermost] = open;
    if (outermost !== undefined) {
      openers.push(outermost);
    }
    lineEnd = lineStart;
  }
  return openers;
}

/** What a line leaves open, outermost first, and how many brackets of lines above it closes. */
function scanLine(text: string, start: number, end: number): { open: number[]; closes: number } {
  const open: number[] = [];
  let closes = 0;
  /** Brackets inside a plain text, or inside a quote that a line above opens. */
  let plain = 0;
  for (let at = start; at < end; at++) {
    const char = text[at] as string;
    if ((char === '"' || char === "'") && startsToken(text, at)) {
      const close = closingQuote(text, at);
      if (close < 0 || close >= end) {
        open.push(at);
        break;
      }
      at = close;
    } else if (char === '[' || char === '{') {
      if (open.length > 0 || startsToken(text, at)) {
        open.push(at);
      } else {
        plain++;
      }
    } else if (char === ']' || char === '}') {
      if (open.pop() === undefined && --plain < 0) {
        plain = 0;
        closes++;
      }
    } else if (char === '#' && /\s/.test(text[at - 1] ?? ' ')) {
      break;
    }
  }
  return { open, closes };
}

/**
 * A stretch from an opener to its close on one line, as long as before: line breaks and comments outside quotes become
 * spaces, line breaks inside quotes too.
 */
export function joinLines(text: string, opener: number, close: number): string {
  let joined = '';
  for (let at = opener; at <= close; at++) {
    const char = text[at] as string;
    if ((char === '"' || char === "'") && startsToken(text, at)) {
      const end = Math.min(closingQuote(text, at), close);
      joined += text.slice(at, end + 1).replace(/[\r\n]/g, ' ');
      at = end;
    } else if (char === '#' && /\s/.test(text[at - 1] ?? ' ')) {
      const end = Math.min(endOfLine(text, at), close);
      joined += ' '.repeat(end - at);
      at = end - 1;
    } else {
      joined += char === '\n' || char === '\r' || char === '\t' ? ' ' : char;
    }
  }
  return text.slice(0, opener) + joined + text.slice(close + 1);
}

/** Walks back by characters: a search for a line break of the other kind would run to the beginning of the text. */
export function startOfLine(text: string, at: number): number {
  let start = Math.max(0, Math.min(at, text.length));
  while (start > 0) {
    const code = text.charCodeAt(start - 1);
    if (code === 10 || code === 13) {
      break;
    }
    start--;
  }
  return start;
}

/** Offset of the line break that ends the line of `at`, or of the end of the text. */
export function endOfLine(text: string, at: number): number {
  const next = /[\r\n]/g;
  next.lastIndex = at;
  return next.exec(text)?.index ?? text.length;
}
