import { useState } from 'react';

import { Button, Field, Flex, NumberInput, Typography } from '@strapi/design-system';
import { Cross, Play } from '@strapi/icons';

import type { BulkView } from '../../../../server/src/api/contracts';
import { useMayPay } from '../../hooks/useAllowed';
import { useAnswer } from '../../hooks/useAnswer';
import { useText } from '../../hooks/useText';
import { useSendRunChange } from '../../services/runs';
import { ConfirmButton } from '../forms/ConfirmButton';
import { type RunStep, stepsOf } from './report';

/** Start with a budget, pause, go on, cancel: what the run's state allows and this person may. */
export function RunSteps({ run }: { run: BulkView }) {
  const text = useText();
  const take = useAnswer();
  const mayPay = useMayPay();
  const { send, isSending } = useSendRunChange();
  const { credits, make } = run.plan;
  const [budget, setBudget] = useState<number | undefined>(run.request.credits);
  const costs = credits.atMost > 0;
  const steps = stepsOf(run).filter((step) => !(costs && !mayPay && (step === 'start' || step === 'resume')));
  const act = async (change: RunStep) => {
    const start = change === 'start' && costs && budget !== undefined ? { credits: budget } : {};
    take(await send({ id: run.id, change, ...(change === 'start' ? { start } : {}) }));
  };
  const nothing = run.state === 'planned' && make === 0;
  return (
    <Flex direction="column" alignItems="flex-start" gap={4}>
      {nothing ? <Typography textColor="neutral600">{text('run.nothing')}</Typography> : null}
      {costs && !mayPay && stepsOf(run).length > 0 ? (
        <Typography textColor="neutral600">{text('run.may-not-pay')}</Typography>
      ) : null}
      {costs && !nothing && steps.includes('start') ? (
        <Field.Root hint={text('run.budget.hint')}>
          <Field.Label>{text('run.budget')}</Field.Label>
          <NumberInput value={budget} onValueChange={setBudget} placeholder={text('run.budget.none')} />
          <Field.Hint />
        </Field.Root>
      ) : null}
      <Flex gap={2} wrap="wrap">
        {steps
          .filter((step) => !(nothing && step === 'start'))
          .map((step) =>
            step === 'cancel' && run.state !== 'planned' ? (
              <ConfirmButton
                key={step}
                label={text('run.cancel')}
                icon={<Cross />}
                title={text('run.cancel.title')}
                text={text('run.cancel.text')}
                confirm={text('run.cancel')}
                tone="danger-light"
                isSending={isSending}
                onConfirm={() => act('cancel')}
              />
            ) : (
              <Button
                key={step}
                variant={step === 'start' || step === 'resume' ? 'default' : 'tertiary'}
                startIcon={step === 'start' || step === 'resume' ? <Play /> : undefined}
                aria-disabled={isSending}
                onClick={() => (isSending ? undefined : void act(step))}
              >
                {text(step === 'cancel' ? 'run.discard' : `run.${step}`)}
              </Button>
            ),
          )}
      </Flex>
    </Flex>
  );
}
