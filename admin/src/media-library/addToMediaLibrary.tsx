import type { ComponentType } from 'react';

import type { StrapiApp } from '@strapi/strapi/admin';

import { Guard, loadedLate } from '../Guard';

/** What is known of a route of the admin. */
interface Route {
  path?: string;
  lazy?: () => Promise<{ Component?: ComponentType }>;
}

interface Router {
  addRoute(change: (routes: Route[]) => Route[]): void;
}

const LIBRARY = 'plugins/upload/*';
const LibraryParts = loadedLate(() => import('./LibraryParts'));

function withParts(Page: ComponentType): ComponentType {
  return function LibraryWithParts() {
    return (
      <>
        <Guard>
          <LibraryParts />
        </Guard>
        <Page />
      </>
    );
  };
}

/** The media library has no slots, so its page is wrapped. An admin without that route is left as it is. */
export function addToMediaLibrary(app: StrapiApp): void {
  const { router } = app as unknown as { router?: Partial<Router> };
  router?.addRoute?.((routes) =>
    routes.map((route) => {
      const { path, lazy } = route;
      if (path !== LIBRARY || !lazy) return route;
      return {
        ...route,
        lazy: async () => {
          const page = await lazy();
          return page.Component ? { ...page, Component: withParts(page.Component) } : page;
        },
      };
    }),
  );
}
