// The server's texts in our words: a stable rule for each class of fault, and a sentence that names the object and the
// field. The server's own reason stays as it is, without the regular expressions that it quotes.
import type { EngineProblem } from '../ports';

export interface Worded {
  rule: string;
  message: string;
}

interface Parts {
  /** `Invalid value`, `Required value` … */
  sort: string;
  /** What the object has there, as the server prints it; empty where it prints none. */
  value: string;
  /** Why it is refused; may be empty. */
  reason: string;
}

/** Fine classes, tried in order: the first whose test holds names the rule. `words` replaces the general sentence. */
const classes: {
  rule: string;
  test: (problem: EngineProblem) => boolean;
  words?: (label: string, field: string, parts: Parts) => string;
}[] = [
  {
    rule: 'kubernetes/selector-mismatch',
    test: ({ message }) => message.includes('`selector` does not match template `labels`'),
    words: (label) => `${label} selects pods by labels that its own pod template does not have.`,
  },
  {
    rule: 'kubernetes/missing-volume',
    test: ({ type, field }) => type === 'FieldValueNotFound' && /\.volume(?:Mounts|Devices)\[\d+\]\.name$/.test(field),
    words: (label, field, { value }) =>
      `${label} mounts the volume ${value}, which the pod does not define (${field}).`,
  },
  {
    rule: 'kubernetes/duplicate-port',
    test: ({ type, field }) => type === 'FieldValueDuplicate' && /ports\[\d+\](?:\.\w+)?$/.test(field),
    words: (label, field, { value }) =>
      value.startsWith('{')
        ? `${label} has the port ${portOf(value)} twice (${field}).`
        : `${label} has two ports called ${value} (${field}).`,
  },
  {
    rule: 'kubernetes/bad-name',
    test: ({ type, field }) => type === 'FieldValueInvalid' && /(?:^|\.)metadata\.(?:name|generateName)$/.test(field),
  },
  {
    rule: 'kubernetes/bad-label',
    test: ({ type, field }) =>
      type === 'FieldValueInvalid' && /(?:labels|matchLabels|annotations|nodeSelector)$/.test(field),
  },
  {
    rule: 'kubernetes/bad-port',
    test: ({ message }) => message.includes('must be between 1 and 65535'),
  },
  {
    rule: 'kubernetes/bad-schedule',
    test: ({ type, field }) => type === 'FieldValueInvalid' && /(?:^|\.)schedule$/.test(field),
  },
  {
    rule: 'kubernetes/immutable',
    test: ({ message }) => /immutable|may not change once set|cannot be changed/.test(message),
  },
  {
    // For the rules of custom resource definitions the server prints the type of a value in place of the value, or nothing.
    rule: 'kubernetes/cel',
    test: ({ message }) =>
      /^Invalid value: (?:"(?:object|array|string|integer|number|boolean)"|null): /.test(message) ||
      isReasonAlone(message),
    words: (label, field, { reason }) => `${field === '' ? label : `${field} of ${label}`}: ${sentence(reason)}`,
  },
];

const general: Record<string, string> = {
  FieldValueInvalid: 'kubernetes/invalid',
  FieldValueRequired: 'kubernetes/missing-field',
  FieldValueDuplicate: 'kubernetes/duplicate',
  FieldValueNotSupported: 'kubernetes/bad-enum',
  FieldValueForbidden: 'kubernetes/forbidden',
  FieldValueNotFound: 'kubernetes/not-found',
  FieldValueTypeInvalid: 'kubernetes/wrong-type',
  FieldValueTooLong: 'kubernetes/too-long',
  FieldValueTooMany: 'kubernetes/too-many',
  FieldManagerConflict: 'kubernetes/conflict',
  StrictDecoding: 'kubernetes/unknown-field',
  TypedPatch: 'kubernetes/invalid',
  NoKindMatch: 'kubernetes/unknown-kind',
};

/** Rule and sentence for a problem of the object called `label`. */
export function word(problem: EngineProblem, label: string): Worded {
  const { type, field, message } = problem;
  const parts = split(message);
  const fine = classes.find((known) => known.test(problem));
  if (fine !== undefined) {
    return { rule: fine.rule, message: fine.words?.(label, field, parts) ?? invalid(label, field, parts) };
  }
  const rule = general[type] ?? (field === '' ? 'kubernetes/decode' : 'kubernetes/invalid');
  switch (rule) {
    case 'kubernetes/unknown-field': {
      const duplicate = /^duplicate field/.test(message);
      return duplicate
        ? { rule: 'yaml/duplicate-key', message: `${label} sets ${field} twice.` }
        : { rule, message: `${label} has no field "${lastStep(field)}"${within(field)}.` };
    }
    case 'kubernetes/missing-field':
      return { rule, message: `${label} needs ${field === '' ? 'a value' : field}${because(parts.reason)}.` };
    case 'kubernetes/duplicate':
      return {
        rule,
        message: `${field} of ${label} repeats ${parts.value}: it must be unique${because(parts.reason)}.`,
      };
    case 'kubernetes/bad-enum':
      return { rule, message: `${field} of ${label} cannot be ${parts.value}; ${supported(parts.reason)}.` };
    case 'kubernetes/forbidden':
      return { rule, message: `${field} of ${label} is not allowed${because(parts.reason)}.` };
    case 'kubernetes/not-found':
      return {
        rule,
        message: `${field} of ${label} names ${parts.value}, which does not exist${because(parts.reason)}.`,
      };
    case 'kubernetes/decode':
      return { rule, message: `${label} cannot be read: ${sentence(decodeReason(message))}` };
    default:
      return { rule, message: invalid(label, field, parts) };
  }
}

/** Texts are quoted, numbers are not: what is neither is no value. */
function isReasonAlone(message: string): boolean {
  return /^Invalid value: (?!["{[<]|-?[\d.]+(?:[eE][+-]?\d+)?(?::|$)|(?:true|false|null)(?::|$))/.test(message);
}

function split(message: string): Parts {
  if (isReasonAlone(message)) {
    return { sort: 'Invalid value', value: '', reason: message.slice('Invalid value: '.length) };
  }
  const match =
    /^(Invalid value|Duplicate value|Not found|Unsupported value): ("(?:[^"\\]|\\.)*"|\{.*?\}|\[.*?\]|[^:]*)(?:: ([\s\S]*))?$/.exec(
      message,
    );
  if (match !== null) {
    return { sort: match[1] ?? '', value: cut(match[2] ?? ''), reason: match[3] ?? '' };
  }
  const plain = /^(Required value|Forbidden|Too long|Too many)(?:: ([\s\S]*))?$/.exec(message);
  return plain === null
    ? { sort: '', value: '', reason: message }
    : { sort: plain[1] ?? '', value: '', reason: plain[2] ?? '' };
}

function invalid(label: string, field: string, { value, reason }: Parts): string {
  const subject = field === '' ? label : `${field} of ${label}`;
  // Whole objects are no news to a person who looks at them.
  const shown = value === '' || value === '""' || /^[{[]/.test(value) ? '' : ` is ${value}`;
  return reason === ''
    ? `${subject}${shown === '' ? ' is' : shown + ','} not valid.`
    : `${subject}${shown}: ${sentence(reason)}`;
}

/** The reason without the expression that it was checked with; what the expression means stands before it. */
function sentence(reason: string): string {
  const short = reason
    .replace(
      / \(e\.g\. ('[^']*')(?:,[^()]*)?, regex used for validation is '.*?'\)(?= with | *$|;|,)/g,
      ' (for example $1)',
    )
    .replace(/, regex used for validation is '.*'\)/g, ')')
    .trim();
  return /[.!?]$/.test(short) ? short : short + '.';
}

function because(reason: string): string {
  return reason === '' ? '' : `: ${sentence(reason).replace(/\.$/, '')}`;
}

function supported(reason: string): string {
  const values = reason.replace(/^supported values: /, '');
  return values === '' ? 'the server does not know it' : `it is one of ${values}`;
}

function decodeReason(message: string): string {
  const type = /cannot unmarshal (\w+)( \S+)? into Go (?:struct field |value )?\S*? ?of type \S*?(\w+)$/.exec(message);
  if (type === null) {
    return message;
  }
  const [, got = '', value = '', expected = ''] = type;
  return `${/^[aeiou]/.test(got) ? 'an' : value === '' ? 'a' : 'the'} ${got}${value} stands where the server expects ${expected}`;
}

function portOf(value: string): string {
  const port = /"Port":(\d+)/.exec(value)?.[1] ?? /"ContainerPort":(\d+)/.exec(value)?.[1];
  const protocol = /"Protocol":"(\w+)"/.exec(value)?.[1];
  return port === undefined ? value : port + (protocol === undefined ? '' : '/' + protocol);
}

function lastStep(field: string): string {
  return /([^.[\]]+)\]?$/.exec(field)?.[1] ?? field;
}

function within(field: string): string {
  const parent = field.replace(/(?:\.[^.[\]]+|\[[^\]]*\])$/, '');
  return parent === field ? '' : ` in ${parent}`;
}

function cut(value: string): string {
  return value.length > 80 ? value.slice(0, 79) + '…' : value;
}
