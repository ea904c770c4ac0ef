import { lazy, Suspense, useMemo } from 'react';

import type { StrapiApp } from '@strapi/strapi/admin';
import { useIntl } from 'react-intl';

import { useMayRead } from '../hooks/useAllowed';
import { useCanHoldImages } from '../hooks/useEntryImages';
import { descriptor } from '../translations';

const PanelContent = lazy(() => import('./PanelContent'));

/** What the content manager hands a side panel; `document` is the stored entry, none while one is being created. */
interface SidePanelProps {
  document?: Record<string, unknown>;
}

interface ContentManagerApis {
  addEditViewSidePanel(panels: ((props: SidePanelProps) => { title: string; content: React.ReactNode } | null)[]): void;
}

/** A description, not a component: Strapi calls it as a hook and renders what it returns. `null` hides the panel. */
function CutoutPanel({ document }: SidePanelProps) {
  const { formatMessage } = useIntl();
  const canHoldImages = useCanHoldImages();
  const mayRead = useMayRead();
  const content = useMemo(
    () => (
      <Suspense fallback={null}>
        <PanelContent document={document} />
      </Suspense>
    ),
    [document],
  );
  return canHoldImages && mayRead ? { title: formatMessage(descriptor('panel.title')), content } : null;
}

export function addPanel(app: Pick<StrapiApp, 'getPlugin'>): void {
  const contentManager = app.getPlugin('content-manager');
  (contentManager?.apis as unknown as ContentManagerApis | undefined)?.addEditViewSidePanel([CutoutPanel]);
}
