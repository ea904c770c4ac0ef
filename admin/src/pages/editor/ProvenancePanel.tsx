import { Flex, Link } from '@strapi/design-system';
import { useIntl } from 'react-intl';
import type { ComponentProps } from 'react';

import type { EditorResponse } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { isTextKey } from '../../translations/words';
import { Fact } from '../Sheet';
import { Side } from './Side';

/** Where the cutout came from. */
export function ProvenancePanel({ info }: { info: EditorResponse['data'] }) {
  const text = useText();
  const { formatDate, formatNumber } = useIntl();
  const { engine, model, license, effort, source, madeAt, correctedAt, credits } = info.provenance;
  const when = (at: string) => formatDate(at, { dateStyle: 'medium', timeStyle: 'short' });
  const effortKey = `editor.effort.${effort ?? 'balanced'}`;
  const made = info.presets.flatMap((preset) => (preset.made ? { ...preset, made: preset.made } : []));
  return (
    <Side title={text('editor.origin')}>
      <Flex tag="dl" direction="column" alignItems="stretch" gap={2}>
        <Line name={text('editor.origin.engine')}>{text(`editor.engine.${engine}`)}</Line>
        <Line name={text('editor.origin.model')}>{model}</Line>
        {engine === 'local' && isTextKey(effortKey) ? (
          <Line name={text('editor.origin.effort')}>{text(effortKey)}</Line>
        ) : null}
        {license ? (
          <Line name={text('editor.origin.license')}>
            <Link href={license.url} isExternal>
              {license.id}
            </Link>
          </Line>
        ) : null}
        {madeAt ? <Line name={text('editor.origin.made')}>{when(madeAt)}</Line> : null}
        {correctedAt ? <Line name={text('editor.origin.corrected')}>{when(correctedAt)}</Line> : null}
        <Line name={text('editor.origin.credits')}>{formatNumber(credits)}</Line>
        <Line name={text('editor.origin.size')}>{`${info.width} × ${info.height}`}</Line>
        {made.map(({ name, options, own, made: state }) => (
          <Line key={name} name={text(own ? 'editor.origin.own' : 'editor.origin.options', { name })}>
            {state === 'older'
              ? text(own ? 'editor.origin.older.own' : 'editor.origin.older')
              : optionWords(own ?? options, text('editor.origin.defaults'))}
          </Line>
        ))}
        <Line name={text('editor.origin.source')}>{source}</Line>
      </Flex>
    </Side>
  );
}

/** As an address has them. */
const optionWords = (options: object, none: string): string =>
  Object.entries(options)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ') || none;

function Line(fact: ComponentProps<typeof Fact>) {
  return (
    <div>
      <Fact {...fact} />
    </div>
  );
}
