import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { Flex, Link, Loader, Typography } from '@strapi/design-system';
import { ArrowLeft } from '@strapi/icons';
import { Layouts, Page } from '@strapi/strapi/admin';
import { NavLink, useParams } from 'react-router-dom';

import type { AssetView, EditorResponse } from '../../../../server/src/api/contracts';
import { useFollowed } from '../../follow/useFollowed';
import { useText } from '../../hooks/useText';
import { Problem } from '../../panel/ImageDetails';
import { pluginId } from '../../pluginId';
import { useEditorInfo } from '../../services/editor';
import { Words } from '../../translations/Words';
import { readPermissions } from '../permissions';
import type { OwnChange } from './SaveBar';
import { useWork } from './useWork';
import { Workbench } from './Workbench';

/** One cutout: to look at closely, to correct by hand, and to try options on. */
export default function EditorPage() {
  const named = useParams().id ?? '';
  return (
    <Page.Protect permissions={readPermissions}>
      <Words>
        <Editor key={named} named={named} />
      </Words>
    </Page.Protect>
  );
}

function Editor({ named }: { named: string }) {
  const text = useText();
  const { data, isError, refetch } = useEditorInfo(named);
  if (!data) return isError ? <Page.Error content={text('editor.none')} /> : <Page.Loading />;
  return <EditorContent info={data} onStale={refetch} />;
}

function EditorContent({ info, onStale }: { info: EditorResponse['data']; onStale: () => unknown }) {
  const text = useText();
  const { fileId, name } = info;
  const images = useMemo(() => [{ file: { id: fileId, name, url: '', mime: '' }, isWanted: false }], [fileId, name]);
  const { view = null, problem = null } = useFollowed(images, '').get(fileId) ?? {};
  const version = view && versionOf(view);
  const { workVersion, setOwn, setUnsaved } = useWorkVersion(version);
  const { work, isFailed } = useWork(fileId, workVersion);
  const made = view && madeOf(view);
  const first = useRef(made);
  useEffect(() => {
    if (first.current !== null && made !== null && first.current !== made) onStale();
    first.current = made;
  }, [made, onStale]);

  return (
    <Page.Main>
      <Page.Title>{text('editor.title', { name })}</Page.Title>
      <Layouts.Header
        title={name}
        subtitle={text('editor.subtitle')}
        navigationAction={
          <Link tag={NavLink} to={`/plugins/${pluginId}`} startIcon={<ArrowLeft />}>
            {text('editor.back')}
          </Link>
        }
      />
      <Layouts.Content>
        {problem ? <Problem problem={problem} /> : null}
        {isFailed ? <Typography role="alert">{text('editor.unreadable')}</Typography> : null}
        {view && work && version ? (
          <Workbench
            info={info}
            view={view}
            work={work}
            version={version}
            onOwn={setOwn}
            onUnsaved={setUnsaved}
            onStale={onStale}
          />
        ) : null}
        {!work && !isFailed && !problem ? (
          <Flex justifyContent="center" padding={8}>
            <Loader>{text('editor.loading')}</Loader>
          </Flex>
        ) : null}
      </Layouts.Content>
    </Page.Main>
  );
}

const MATTE = 'cutout_matte';

/** The matte's address without what it is signed with: other bytes have another name. */
const versionOf = ({ variants }: AssetView): string | null =>
  variants.find(({ key }) => key === MATTE)?.url.split('?')[0] ?? null;

/** Another text when any of its pictures is another. */
const madeOf = ({ variants }: AssetView): string => variants.map(({ url }) => url.split('?')[0]).join(' ');

interface WorkVersion {
  /** Names the matte that is to be worked on. */
  workVersion: string | null;
  /** Says what is being done to the matte here; null where it failed. */
  setOwn: (what: OwnChange | null) => void;
  setUnsaved: (isUnsaved: boolean) => void;
}

/**
 * What is worked on is read anew when another matte is stored: not for the one that was painted here, which would only
 * lose what can be undone, and not under strokes that are not saved.
 */
function useWorkVersion(version: string | null): WorkVersion {
  const [workVersion, setWorkVersion] = useState<string | null>(null);
  const own = useRef<OwnChange | null>(null);
  const isUnsaved = useRef(false);
  useEffect(() => {
    if (version === null) return;
    const last = own.current;
    own.current = null;
    if (last === 'take-back') setWorkVersion(version);
    else setWorkVersion((before) => (before !== null && (last === 'save' || isUnsaved.current) ? before : version));
  }, [version]);
  return {
    workVersion,
    setOwn: useCallback((what) => {
      own.current = what;
    }, []),
    setUnsaved: useCallback((value) => {
      isUnsaved.current = value;
    }, []),
  };
}
