// A validator that changes nothing: what was merged is what is stored. Enough where a test's objects hold no defaults; the
// real one is tested with the real engine.
import type { Validator } from '../../server/src/core/ports';
import { isKubernetesObject } from '../../server/src/core/resource';

export const mergeValidator: Validator = {
  addCrds: async () => undefined,
  validate: async (items) =>
    items.map(({ object }) => ({
      known: true,
      problems: [],
      warnings: [],
      ...(isKubernetesObject(object) ? { object } : {}),
    })),
  apply: async () => ({ known: false, problems: [], warnings: [] }),
};
