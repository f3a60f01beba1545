// Texts that the API server's types decode themselves: quantities, times, base64, integers of a size.
import type { ScalarValue } from '../yaml/scalars';
import type { SchemaNode } from './schemaNode';

export interface FormatFault {
  rule: 'kubernetes/bad-quantity' | 'kubernetes/bad-format';
  /** The end of a sentence that begins with the field. */
  message: string;
}

const quantity = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
const time = /^\d{4}-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What is wrong with a value of the right JSON type; undefined: nothing. */
export function formatFault(schema: SchemaNode, value: ScalarValue): FormatFault | undefined {
  switch (schema.format) {
    case 'quantity':
      if (typeof value === 'string' && !quantity.test(value.trim())) {
        return {
          rule: 'kubernetes/bad-quantity',
          message: `is "${value}", which is not a quantity. Write a number with an optional suffix, such as 500m, 1.5 or 2Gi.`,
        };
      }
      return undefined;
    case 'int-or-string':
      return schema.custom ? undefined : outOfRange(value, 31);
    case 'int32':
      return schema.custom ? undefined : outOfRange(value, 31);
    case 'int64':
      return schema.custom ? undefined : outOfRange(value, 63);
    case 'date-time':
      return schema.custom || typeof value !== 'string' || isTime(value)
        ? undefined
        : bad(`is "${value}", which is not a time. Write it as 2006-01-02T15:04:05Z.`);
    case 'byte':
      return schema.custom || typeof value !== 'string' || base64.test(value.replace(/[\r\n]/g, ''))
        ? undefined
        : bad('is not base64. Encode the value, or write it as plain text under stringData where the kind has that.');
    case undefined:
      return undefined;
  }
}

function bad(message: string): FormatFault {
  return { rule: 'kubernetes/bad-format', message };
}

function outOfRange(value: ScalarValue, bits: 31 | 63): FormatFault | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    return undefined;
  }
  if (bits === 31) {
    return value >= -(2 ** 31) && value < 2 ** 31
      ? undefined
      : bad(`is ${value}; it must fit into 32 bits (-2147483648 to 2147483647).`);
  }
  return value >= -(2n ** 63n) && value < 2n ** 63n ? undefined : bad(`is ${value}; it must fit into 64 bits.`);
}

function isTime(text: string): boolean {
  const m = time.exec(text);
  if (m === null) {
    return false;
  }
  const [month, day, hour, minute, second] = m.slice(1).map(Number) as [number, number, number, number, number];
  const year = Number(text.slice(0, 4));
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60;
}
