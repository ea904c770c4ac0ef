import type { ReactNode } from 'react';

import { Flex, Grid } from '@strapi/design-system';

import { BalanceCard } from './cards/BalanceCard';
import { BudgetCard } from './cards/BudgetCard';
import { CycleCard } from './cards/CycleCard';
import { DriftCard } from './cards/DriftCard';
import { ForecastCard } from './cards/ForecastCard';
import { LedgerCard } from './cards/LedgerCard';
import { SavingsCard } from './cards/SavingsCard';
import { CyclesTable } from './CyclesTable';
import { hasKey, type Usage } from './figures';
import { Notices } from './Notices';

/** A third or half of the row on a desk, the whole row on a phone. */
function Cell({ col, children }: { col: 4 | 6; children: ReactNode }) {
  return (
    <Grid.Item col={col} s={12} xs={12} alignItems="stretch">
      {children}
    </Grid.Item>
  );
}

/** Without an API key there is no account, and all there is to tell is what was made on this server. */
export function CreditsContent({ usage }: { usage: Usage }) {
  const { account, budget, cycle, cycles, drift, forecast, ledger, savings } = usage;
  const savingsCell = (
    <Cell col={6}>
      <SavingsCard savings={savings} />
    </Cell>
  );
  return (
    <Flex direction="column" alignItems="stretch" gap={4}>
      <Notices usage={usage} />
      {hasKey(usage) ? (
        <>
          <Grid.Root gap={4}>
            <Cell col={4}>
              <BalanceCard account={account} />
            </Cell>
            <Cell col={4}>
              <CycleCard cycle={cycle} />
            </Cell>
            <Cell col={4}>
              <ForecastCard forecast={forecast} />
            </Cell>
            <Cell col={6}>
              <BudgetCard budget={budget} />
            </Cell>
            <Cell col={6}>
              <LedgerCard ledger={ledger} />
            </Cell>
            {savingsCell}
            <Cell col={6}>
              <DriftCard drift={drift} />
            </Cell>
          </Grid.Root>
          <CyclesTable cycles={cycles} cycle={cycle} />
        </>
      ) : (
        <Grid.Root gap={4}>{savingsCell}</Grid.Root>
      )}
    </Flex>
  );
}
