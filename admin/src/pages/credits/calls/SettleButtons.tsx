import { useState } from 'react';

import { Button, Dialog, Flex } from '@strapi/design-system';
import { ConfirmDialog, useAPIErrorHandler, useNotification } from '@strapi/strapi/admin';

import type { CallView } from '../../../../../server/src/api/contracts';
import { useText } from '../../../hooks/useText';
import { useSendSettle } from '../../../services/api';

const answers = ['charged', 'free'] as const;
type Answer = (typeof answers)[number];

/** A person who has looked at the account says how the call ended; each answer asks once more, as neither is taken back. */
export function SettleButtons({ call }: { call: CallView }) {
  const text = useText();
  const { toggleNotification } = useNotification();
  const { _unstableFormatAPIError: formatAPIError } = useAPIErrorHandler();
  const { send, isSending } = useSendSettle();
  const [asked, setAsked] = useState<Answer | null>(null);

  const settle = async (answer: Answer) => {
    if (isSending) return;
    const outcome = await send({ id: call.id, charged: answer === 'charged' });
    setAsked(null);
    if ('error' in outcome) toggleNotification({ type: 'danger', message: formatAPIError(outcome.error) });
    else toggleNotification({ type: 'success', message: text(`credits.settle.${answer}.done`) });
  };
  const name = call.fileName ?? text('credits.calls.file-number', { id: call.fileId ?? 0 });
  return (
    <Flex gap={2} wrap="wrap">
      {answers.map((answer) => (
        <Dialog.Root
          key={answer}
          open={asked === answer}
          onOpenChange={(isOpen: boolean) => setAsked(isOpen ? answer : null)}
        >
          <Dialog.Trigger>
            <Button size="S" variant="tertiary" aria-label={`${text(`credits.settle.${answer}`)}: ${name}`}>
              {text(`credits.settle.${answer}`)}
            </Button>
          </Dialog.Trigger>
          <ConfirmDialog
            title={text(`credits.settle.${answer}.title`)}
            variant="default"
            startAction={
              <Dialog.Cancel>
                <Button fullWidth variant="tertiary">
                  {text('credits.settle.cancel')}
                </Button>
              </Dialog.Cancel>
            }
            endAction={
              <Button fullWidth onClick={() => void settle(answer)}>
                {text(`credits.settle.${answer}`)}
              </Button>
            }
          >
            {text(`credits.settle.${answer}.text`)}
          </ConfirmDialog>
        </Dialog.Root>
      ))}
    </Flex>
  );
}
