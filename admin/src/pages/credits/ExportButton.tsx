import { useState } from 'react';

import { Button, Loader } from '@strapi/design-system';
import { Download } from '@strapi/icons';
import { useNotification } from '@strapi/strapi/admin';

import { useText } from '../../hooks/useText';
import { readExport } from '../../services/api';
import { save } from '../../services/download';

/** The ledger of the period that is looked at, as a file for spreadsheets. */
export function ExportButton({ period, startsAt }: { period: string; startsAt: string }) {
  const text = useText();
  const { toggleNotification } = useNotification();
  const [isBusy, setIsBusy] = useState(false);

  const download = async () => {
    setIsBusy(true);
    try {
      save(await readExport(period), `cutout-${startsAt.slice(0, 10)}.csv`);
    } catch {
      toggleNotification({ type: 'danger', message: text('credits.export.failed') });
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Button
      variant="tertiary"
      startIcon={isBusy ? <Loader small /> : <Download />}
      aria-disabled={isBusy}
      onClick={() => {
        if (!isBusy) void download();
      }}
    >
      {text('credits.export')}
    </Button>
  );
}
