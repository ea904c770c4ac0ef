import { useMemo } from 'react';

import type { StrapiApp } from '@strapi/strapi/admin';

import { useMayRead } from '../hooks/useAllowed';
import { useCanHoldImages } from '../hooks/useEntryImages';
import { useText } from '../hooks/useText';
import { PanelContent } from './PanelContent';

/** What the content manager hands a side panel; `document` is the stored entry, none while one is being created. */
interface SidePanelProps {
  document?: Record<string, unknown>;
}

interface ContentManagerApis {
  addEditViewSidePanel(panels: ((props: SidePanelProps) => { title: string; content: React.ReactNode } | null)[]): void;
}

/** A description, not a component: Strapi calls it as a hook and renders what it returns. `null` hides the panel. */
function CutoutPanel({ document }: SidePanelProps) {
  const text = useText();
  const canHoldImages = useCanHoldImages();
  const mayRead = useMayRead();
  const content = useMemo(() => <PanelContent document={document} />, [document]);
  return canHoldImages && mayRead ? { title: text('panel.title'), content } : null;
}

export function addPanel(app: Pick<StrapiApp, 'getPlugin'>): void {
  const contentManager = app.getPlugin('content-manager');
  (contentManager?.apis as unknown as ContentManagerApis | undefined)?.addEditViewSidePanel([CutoutPanel]);
}
