import { lazy, Suspense } from 'react';

import { Page } from '@strapi/strapi/admin';
import { Navigate, Route, Routes } from 'react-router-dom';

import { useIsUserKnown } from '../hooks/useAllowed';
import { pluginId } from '../pluginId';
import { Words } from '../translations/Words';
import { PagesNav } from './PagesNav';
import { usePlaces } from './usePlaces';

const CutoutsPage = lazy(() => import('./cutouts/CutoutsPage'));
const ReviewPage = lazy(() => import('./review/ReviewPage'));
const RunsPage = lazy(() => import('./runs/RunsPage'));
const NewRunPage = lazy(() => import('./runs/NewRunPage'));
const RunPage = lazy(() => import('./runs/RunPage'));
const EditorPage = lazy(() => import('./editor/EditorPage'));
const CreditsPage = lazy(() => import('./credits/CreditsPage'));
const SettingsPage = lazy(() => import('./settings/SettingsPage'));
const PresetPage = lazy(() => import('./settings/presets/PresetPage'));
const DoctorPage = lazy(() => import('./doctor/DoctorPage'));

/** All pages of the plugin, each a chunk of its own. */
export default function PluginPages() {
  const isUserKnown = useIsUserKnown();
  // What a page asks about the user's permissions before that is answered for good.
  if (!isUserKnown) return <Page.Loading />;
  return (
    <Words>
      <Pages />
    </Words>
  );
}

function Pages() {
  const { places, isLoading } = usePlaces();
  const [first] = places;
  if (isLoading) return <Page.Loading />;
  if (!first) return <Page.NoPermissions />;
  return (
    <>
      {places.length > 1 ? <PagesNav places={places} /> : null}
      <Suspense fallback={<Page.Loading />}>
        <Routes>
          <Route index element={first.path === '' ? <CutoutsPage /> : <Navigate to={first.path} replace />} />
          <Route path="review" element={<ReviewPage />} />
          <Route path="runs" element={<RunsPage />} />
          <Route path="runs/new" element={<NewRunPage />} />
          <Route path="runs/:id" element={<RunPage />} />
          <Route path="edit/:id" element={<EditorPage />} />
          <Route path="credits" element={<CreditsPage />} />
          <Route path="settings" element={<SettingsPage />} />
          <Route path="settings/presets/:name" element={<PresetPage />} />
          <Route path="settings/new-preset" element={<PresetPage />} />
          <Route path="doctor" element={<DoctorPage />} />
          <Route path="*" element={<Navigate to={`/plugins/${pluginId}`} replace />} />
        </Routes>
      </Suspense>
    </>
  );
}
