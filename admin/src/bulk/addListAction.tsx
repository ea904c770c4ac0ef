import { type ComponentType, useMemo } from 'react';

import { type StrapiApp, unstable_useDocument as useDocument } from '@strapi/strapi/admin';
import { useIntl } from 'react-intl';

import type { EntriesRequest } from '../../../server/src/api/contracts';
import { Guard, loadedLate } from '../Guard';
import { useMayEdit } from '../hooks/useAllowed';
import { useSame } from '../hooks/useSame';
import { type Attributes, canHoldImages, type Components } from '../panel/entryImages';
import { descriptor } from '../translations';

const EntriesAsk = loadedLate(() => import('./EntriesAsk'));

/** What the content manager hands a bulk action. */
interface BulkActionProps {
  documents: { documentId: string; locale?: string | null }[];
  model: string;
}

interface BulkAction {
  label: string;
  variant: 'tertiary';
  dialog: { type: 'modal'; title: string; content: ComponentType<{ onClose: () => void }> };
}

interface ContentManagerApis {
  addBulkAction?(actions: ((props: BulkActionProps) => BulkAction | null)[]): void;
}

/** A description, as Strapi calls it like a hook; `null` where the type holds no images or the role may make no cutouts. */
function RemoveBackgrounds({ documents, model }: BulkActionProps): BulkAction | null {
  const { formatMessage } = useIntl();
  const mayEdit = useMayEdit();
  const { schema, components } = useDocument({ model, collectionType: 'collection-types' }, { skip: true });
  const locale = documents.find((document) => document.locale)?.locale;
  const documentIds = [...new Set(documents.map(({ documentId }) => documentId))];
  const request = useSame({ contentType: model, documentIds, ...(locale ? { locale } : {}) });
  // Strapi renders it as a component: another one with each render would ask anew each time.
  const content = useMemo(() => dialogFor(request), [request]);
  const attributes = (schema?.attributes ?? {}) as Attributes;
  if (!mayEdit || !canHoldImages(attributes, components as unknown as Components)) return null;
  const label = formatMessage(descriptor('list.action'));
  return { label, variant: 'tertiary', dialog: { type: 'modal', title: label, content } };
}

function dialogFor(request: EntriesRequest): ComponentType<{ onClose: () => void }> {
  return function Dialog({ onClose }) {
    return (
      <Guard>
        <EntriesAsk request={request} onClose={onClose} />
      </Guard>
    );
  };
}

export function addListAction(app: Pick<StrapiApp, 'getPlugin'>): void {
  const contentManager = app.getPlugin('content-manager');
  (contentManager?.apis as unknown as ContentManagerApis | undefined)?.addBulkAction?.([RemoveBackgrounds]);
}
