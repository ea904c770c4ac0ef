import type { Text } from '../hooks/useText';
import type { Found } from '../services/asking';

/** What a dry run found, one sentence after the other: what is made and what it takes, then what is not made and why. */
export function planSentences({ plan, forbidden, unpaid }: Found, text: Text): { made: string[]; rest: string[] } {
  const { make, minutes, credits, done, underWay, unwanted } = plan;
  const none = plan.notPictures + plan.transparent + plan.tooLarge + plan.unreadable + plan.settled;
  const counts = [
    ['ask.done', done],
    ['ask.under-way', underWay],
    ['ask.unwanted', unwanted],
    ['ask.none', none],
    ['ask.unpaid', unpaid],
    ['ask.forbidden', forbidden],
  ] as const;
  const rest = counts.flatMap(([key, count]) => (count > 0 ? [text(key, { count })] : []));
  if (make === 0) return { made: [text('ask.nothing')], rest };
  const made = [text('ask.make', { count: make }), costSentence(credits, text)];
  const { atMost, spendable } = credits;
  if (atMost > 0 && spendable !== null) {
    made.push(text(atMost > spendable ? 'ask.short' : 'ask.left', { left: spendable }));
  }
  if (minutes !== null) made.push(text('ask.minutes', { minutes: Math.max(1, Math.round(minutes)) }));
  return { made, rest };
}

function costSentence({ atLeast, atMost }: Found['plan']['credits'], text: Text): string {
  if (atMost === 0) return text('ask.free');
  return atLeast === atMost ? text('ask.credits', { count: atMost }) : text('ask.credits.between', { atLeast, atMost });
}
