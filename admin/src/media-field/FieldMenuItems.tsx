import { Flex, Menu, Typography } from '@strapi/design-system';
import { Duplicate, ExternalLink, Magic, Pencil, Trash } from '@strapi/icons';
import { useClipboard, useNotification } from '@strapi/strapi/admin';
import { useNavigate } from 'react-router-dom';

import type { AssetView } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import type { Engines } from '../panel/actions';
import { costText } from '../panel/costText';
import type { AssetChange } from '../services/api';
import { fileUrl } from '../services/fileUrl';
import { menuItems } from './menuItems';

interface FieldMenuItemsProps {
  view: AssetView;
  engines: Engines | undefined;
  onChange: (order: AssetChange) => void;
  onRemove: () => void;
}

/** What can be done with one image. */
export function FieldMenuItems({ view, engines, onChange, onRemove }: FieldMenuItemsProps) {
  const text = useText();
  const { copy } = useClipboard();
  const { toggleNotification } = useNotification();
  const { fileId } = view;
  const navigate = useNavigate();
  const { runs, url, editPath, canRemove } = menuItems(view, engines);
  const address = url === null ? null : fileUrl(url);

  const copyUrl = async (link: string) => {
    if (await copy(link)) toggleNotification({ type: 'success', message: text('file.copied') });
  };
  return (
    <>
      {runs.map(({ label, cost, request }) => (
        <Menu.Item key={label} startIcon={<Magic />} onSelect={() => onChange({ fileId, change: 'run', request })}>
          <Flex direction="column" alignItems="flex-start">
            <span>{text(label)}</span>
            {cost ? (
              <Typography variant="pi" textColor="neutral600">
                {costText(cost, text)}
              </Typography>
            ) : null}
          </Flex>
        </Menu.Item>
      ))}
      {address === null ? null : (
        <>
          <Menu.Item startIcon={<Duplicate />} onSelect={() => void copyUrl(address)}>
            {text('file.copy')}
          </Menu.Item>
          <Menu.Item startIcon={<ExternalLink />} onSelect={() => window.open(address, '_blank', 'noopener')}>
            {text('file.open')}
          </Menu.Item>
        </>
      )}
      {editPath === null ? null : (
        <Menu.Item startIcon={<Pencil />} onSelect={() => navigate(editPath)}>
          {text('edit')}
        </Menu.Item>
      )}
      {canRemove ? (
        <Menu.Item variant="danger" startIcon={<Trash />} onSelect={onRemove}>
          {text('remove')}
        </Menu.Item>
      ) : null}
    </>
  );
}
