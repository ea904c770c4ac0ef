import { useEffect, useRef, useState } from 'react';

import { Button, Flex, Loader, Modal, Typography } from '@strapi/design-system';
import { useAPIErrorHandler, useNotification } from '@strapi/strapi/admin';

import { useMayPay } from '../hooks/useAllowed';
import { useText } from '../hooks/useText';
import type { ApiError } from '../services/api';
import type { Asking, Found } from '../services/asking';
import { planSentences } from './planSentences';

interface AskContentProps<F extends Found> {
  asking: Asking<F>;
  onClose: () => void;
}

/** Tells what would be made and what it costs, before anything is; then it is started or let go. */
export function AskContent<F extends Found>({ asking, onClose }: AskContentProps<F>) {
  const text = useText();
  const mayPay = useMayPay();
  const { toggleNotification } = useNotification();
  const { _unstableFormatAPIError: formatAPIError } = useAPIErrorHandler();
  const [found, setFound] = useState<F | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isStarting, setIsStarting] = useState(false);
  const first = useRef(asking);
  /** What was found and is not started, for when this is closed. */
  const open = useRef<F | null>(null);

  useEffect(() => {
    const { look, letGo } = first.current;
    let isOpen = true;
    void look().then((answer) => {
      if ('error' in answer) {
        if (isOpen) setError(answer.error);
      } else if (isOpen) {
        open.current = answer.data;
        setFound(answer.data);
      } else letGo?.(answer.data);
    });
    return () => {
      isOpen = false;
      if (open.current) letGo?.(open.current);
    };
  }, []);

  const start = async (known: F) => {
    setIsStarting(true);
    const answer = await asking.start(known);
    if ('error' in answer) {
      setIsStarting(false);
      setError(answer.error);
      return;
    }
    open.current = null;
    toggleNotification({ type: 'success', message: text('ask.started', { count: answer.data }) });
    onClose();
  };

  const lacksPay = found !== null && found.plan.credits.atMost > 0 && !mayPay;
  const canStart = found !== null && found.plan.make > 0 && !lacksPay;
  return (
    <>
      <Modal.Body>
        <Flex role="status" direction="column" alignItems="stretch" gap={2}>
          {found || error ? null : (
            <Flex gap={2}>
              <Loader small />
              <Typography>{text('ask.looking')}</Typography>
            </Flex>
          )}
          {found ? <Sentences found={found} lacksPay={lacksPay} /> : null}
          {error ? <Typography textColor="danger600">{formatAPIError(error)}</Typography> : null}
        </Flex>
      </Modal.Body>
      <Modal.Footer>
        <Button variant="tertiary" onClick={onClose}>
          {text(canStart ? 'remove.cancel' : 'ask.close')}
        </Button>
        {canStart ? (
          <Button loading={isStarting} onClick={() => void start(found)}>
            {text('ask.start', { count: found.plan.make })}
          </Button>
        ) : null}
      </Modal.Footer>
    </>
  );
}

function Sentences({ found, lacksPay }: { found: Found; lacksPay: boolean }) {
  const text = useText();
  const { made, rest } = planSentences(found, text);
  const [first, ...others] = lacksPay ? [...made, text('ask.may-not-pay')] : made;
  return (
    <>
      <Typography fontWeight="semiBold">{first}</Typography>
      {others.map((sentence) => (
        <Typography key={sentence}>{sentence}</Typography>
      ))}
      {rest.map((sentence) => (
        <Typography key={sentence} variant="pi" textColor="neutral600">
          {sentence}
        </Typography>
      ))}
    </>
  );
}
