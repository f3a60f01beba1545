// Goes on with the plan whose changes are open: it is shown again and asks for confirmation.
import type { Command } from './command';

export const continueReview: Command = {
  id: 'continueReview',
  run: ({ review }) => review.continue(),
};
