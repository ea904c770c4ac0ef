import { Link, Typography } from '@strapi/design-system';
import { Pencil } from '@strapi/icons';
import { NavLink } from 'react-router-dom';

import type { AssetView } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import { editorPath } from './editorPath';

/** Leads to the page where the cutout is corrected by hand. */
export function EditLink({ view }: { view: AssetView }) {
  const text = useText();
  const path = editorPath(view);
  if (path === null) return null;
  return (
    <Link tag={NavLink} to={path} startIcon={<Pencil />} aria-label={`${text('edit')}: ${view.name}`}>
      <Typography variant="pi" textColor="primary600">
        {text('edit')}
      </Typography>
    </Link>
  );
}
