// Findings about fields of Secrets say what is wrong, never what the value is: they end up in logs of pipelines.
import type { Problem } from '../problem';

/** The finding, without the value where it is about the content of a Secret. */
export function withoutSecretValue(problem: Problem): Problem {
  const isSecret =
    problem.resource?.startsWith('Secret') === true && /^\/(?:data|stringData)\//.test(problem.field ?? '');
  return isSecret
    ? { ...problem, message: problem.message.replace(/\bis the (number|string|boolean) .*?(?=; it must)/s, 'is a $1') }
    : problem;
}
