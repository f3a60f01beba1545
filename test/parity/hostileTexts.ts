// Texts that nobody writes and anybody may be sent: nested without end, repeated without end, broken in every byte.

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';
const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('');
const bomb = (step: (before: string) => string): string =>
  `${head}data:\n  a0: &a0 {x: y}\n${times(24, (i) => `  a${i + 1}: &a${i + 1} ${step(`*a${i}`)}\n`)}`;

/** Each is read and checked in a second or two, whatever it is. */
export const hostileTexts: Record<string, string> = {
  'lists of lists of aliases': bomb((a) => `[${a},${a},${a},${a},${a},${a},${a},${a}]`),
  'maps that merge maps': bomb((a) => `{<<: [${a}, ${a}], y: ${a}}`),
  'brackets that open': head + 'data: ' + '['.repeat(100_000),
  'braces that open': head + 'data: ' + '{a: '.repeat(50_000),
  'braces that open and close': head + 'data: ' + '{a: '.repeat(50_000) + '}'.repeat(50_000),
  'maps in maps': times(3000, (i) => ' '.repeat(i) + 'a:\n'),
  'lists in lists': '- '.repeat(20_000) + 'a\n',
  'a line of 5 MB': head + 'data:\n  a: ' + 'x'.repeat(5_000_000) + '\n',
  'a quote that never ends': head + 'data:\n  a: "' + 'x: y '.repeat(200_000) + '\n',
  'documents without content': '---\n'.repeat(100_000),
  'a hundred thousand keys': head + 'data:\n' + times(100_000, (i) => `  k${i}: v\n`),
  'one key, fifty thousand times': head + 'data:\n' + '  k: v\n'.repeat(50_000),
  tabs: '\t'.repeat(1_000_000),
  quotes: head + 'data: ' + '"a" '.repeat(100_000),
  dashes: '-'.repeat(1_000_000),
  'question marks': '? '.repeat(100_000),
  'template actions that open': '{{'.repeat(100_000),
  'variables that open': head + 'data:\n  a: "' + '${'.repeat(100_000) + '"\n',
  'blank lines': (' '.repeat(2000) + '\n').repeat(2000),
  'carriage returns': '\r'.repeat(1_000_000),
  'exclamation marks': '!'.repeat(100_000),
  'conflict markers': '<<<<<<< a\n'.repeat(20_000),
  'unclosed quotes': head + 'data:\n' + '  a: "b\n'.repeat(20_000),
  'unclosed brackets': head + 'data:\n' + '  a: [b\n'.repeat(5000),
  'lines without a colon': head + 'data\n' + '  a b\n'.repeat(5000),
  'indentation up and down': head + 'data:\n' + times(5000, (i) => ' '.repeat(2 + (i % 7)) + `a${i}: 1\n`),
  'NUL bytes': `${head}data:\n  a: \0b\n\0\0\0`,
  'every kind of line end': head.replace(/\n/g, '\r\n') + 'data:\r  a: b\n  c: d\r\n  e: f\u0085  g: h\u2028  i: j\n',
  'half surrogates': `${head}data:\n  a: "\ud800"\n  \udc00: b\n  c: \ud83d\n`,
  'byte-order marks': `\uFEFF${head}\uFEFFdata:\n  a: \uFEFFb\n---\n\uFEFF${head}`,
  'control characters': head + 'data:\n' + times(32, (i) => `  k${i}: a${String.fromCharCode(i)}b\n`),
  'prototype names':
    'apiVersion: v1\nkind: __proto__\nmetadata:\n  name: constructor\n  labels: {__proto__: {a: b}, toString: x, hasOwnProperty: y}\n__proto__:\n  polluted: true\nconstructor: {prototype: {polluted: true}}\n',
  'a kind that is a prototype name':
    'apiVersion: constructor/v1\nkind: toString\nmetadata: {name: valueOf}\nspec: {}\n',
};

/** One random change of a text: a stretch cut, doubled, moved, or replaced by what breaks readers. */
export function scrambled(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const length = Math.floor(random() ** 3 * Math.min(400, text.length));
  const piece = text.slice(at, at + length);
  const poison = [
    '\0',
    '\t',
    '\r',
    '\r\n',
    '\uFEFF',
    '\ud800',
    '"',
    "'",
    '{',
    '[',
    '- ',
    ': ',
    '? ',
    '&a ',
    '*a ',
    '<<: ',
    '!!int ',
    '|',
    '>-\n',
    '%YAML 1.2\n',
    '---\n',
    '...\n',
    '{{ x }}',
    '${x}',
    '\u0085',
    '\\',
    '@',
    '`',
    '#',
    ' #',
    '\n',
    '  ',
  ];
  const pick = poison[Math.floor(random() * poison.length)] ?? '';
  switch (Math.floor(random() * 5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + piece + piece + text.slice(at + length);
    case 2: {
      const rest = text.slice(0, at) + text.slice(at + length);
      const to = Math.floor(random() * rest.length);
      return rest.slice(0, to) + piece + rest.slice(to);
    }
    case 3:
      return text.slice(0, at) + pick.repeat(1 + Math.floor(random() * 3)) + text.slice(at);
    default:
      return text.slice(0, at) + pick + text.slice(at + 1);
  }
}

/** Characters in no order. */
export function garbage(random: () => number): string {
  const alphabet = 'ab: -\n\n  {}[]"\'|>&*!%@`#,?\t\r~0123456789.\u00e9\u{1f600}$\\';
  const letters = [...alphabet];
  return Array.from(
    { length: Math.floor(random() * 300) },
    () => letters[Math.floor(random() * letters.length)] ?? '',
  ).join('');
}

/** Templates that never end, or ask for more than there is. All of them fail within the engine's limits. */
export const hostileTemplates: Record<string, string> = {
  'a template that calls itself': '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
  'a template that includes itself': '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
  'text that renders itself': '{{ tpl .Values.self . }}',
  'a list of two thousand million items': '{{ range until 2000000000 }}{{ end }}',
  'a text of 100 GB': '{{ $x := repeat 100000000 "abcdefghij" }}{{ len (repeat 100 $x) }}',
  'conditions in conditions': 'a: ' + '{{ if true }}'.repeat(20_000) + '{{ end }}'.repeat(20_000),
  'a map that holds itself': '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d }}',
  'a merge without end': '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ merge (dict "a" (dict)) $d }}',
  'brackets without end': 'a: {{ repeat 100000 "[" }}',
  'loops in loops': '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}',
};
