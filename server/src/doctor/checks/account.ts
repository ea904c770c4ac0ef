import type { CircuitState } from '../../engines/remote/circuit';
import type { AccountProblem } from '../../usage/account';
import { ACCOUNT_STOPS } from '../../usage/check';
import { type Check, type Finding, finding, moment, textFact, well, yesNo } from '../check';

/** Whoever presses the button again and again asks the service no more often. */
const FRESH_MS = 5000;

/** Whether the account answers and takes the key. The question is free. */
export const account: Check = {
  id: 'account',
  // The account itself gives up after four seconds.
  limitMs: 6000,
  async look({ app: { service, config } }) {
    if (!service) return well([yesNo('configured', false)]);
    await service.account.view(FRESH_MS);
    const { host } = new URL(config.remote.accountUrl);
    const told = { keyPrint: service.keyPrint, host };
    return judgeAccount(told, service.account.problem(), service.circuit.state());
  },
};

export function judgeAccount(
  { keyPrint, host }: { keyPrint: string; host: string },
  problem: AccountProblem | null,
  circuit: CircuitState,
): Finding {
  const facts = [
    yesNo('configured', true),
    textFact('key', keyPrint),
    textFact('host', host),
    yesNo('accepted', problem === null ? true : ACCOUNT_STOPS.includes(problem.code ?? '') ? false : null),
    textFact('calls', circuit.kind),
  ];
  if (problem && ACCOUNT_STOPS.includes(problem.code ?? ''))
    return finding('error', 'account.key-refused', [...facts, textFact('code', problem.code)]);
  if (circuit.kind === 'open')
    return finding('error', 'account.stopped', [
      ...facts,
      textFact('code', circuit.code),
      moment('until', circuit.until),
    ]);
  if (problem) return finding('warning', 'account.away', [...facts, textFact('code', problem.code)]);
  return well(facts);
}
