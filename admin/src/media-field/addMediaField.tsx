import { type ComponentType, forwardRef } from 'react';

import type { StrapiApp } from '@strapi/strapi/admin';

import { Guard, loadedLate } from '../Guard';
import { acceptsImages, type Attribute } from '../panel/entryImages';

/** What the content manager hands the input of a media field, so far as it is looked at. */
export interface MediaInputProps {
  name: string;
  label?: string;
  attribute?: Partial<Attribute>;
}

const FieldCutouts = loadedLate(() => import('./FieldCutouts'));

/** Strapi's own input with the state of its cutouts beneath it. */
function withCutouts(Input: ComponentType<MediaInputProps>) {
  return forwardRef<unknown, MediaInputProps>(function MediaInput(props, ref) {
    const { name, label, attribute } = props;
    const own = { ...props, ref } as MediaInputProps;
    return (
      <>
        <Input {...own} />
        {acceptsImages({ type: 'media', allowedTypes: attribute?.allowedTypes ?? null }) ? (
          <Guard>
            <FieldCutouts name={name} label={label ?? name} attribute={{ ...attribute, type: 'media' }} />
          </Guard>
        ) : null}
      </>
    );
  });
}

/** Wraps the input that is there, so that another plugin's wrapping stays. An admin without it is left as it is. */
export function addMediaField(app: StrapiApp): void {
  const { library } = app as unknown as { library?: { fields?: { media?: ComponentType<MediaInputProps> } } };
  const Input = library?.fields?.media;
  if (!Input || typeof app.addFields !== 'function') return;
  const Component = withCutouts(Input) as unknown as ComponentType;
  app.addFields({ type: 'media', Component });
}
