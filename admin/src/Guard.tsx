import { Component, type ComponentType, lazy, type LazyExoticComponent, type ReactNode, Suspense } from 'react';

/**
 * Around what is put into a page of Strapi's by other ways than its slots: should it fail there, the page loses it and
 * nothing else.
 */
export class Guard extends Component<{ children: ReactNode }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? null : <Suspense fallback={null}>{this.props.children}</Suspense>;
  }
}

/** A part that is loaded when it is shown, and is nothing where it cannot be loaded. */
export function loadedLate<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() => load().catch(() => ({ default: (() => null) as ComponentType<Props> })));
}
