import { type ComponentType, useState } from 'react';

import { Button, Field as Labelled, Flex, TextInput, Typography } from '@strapi/design-system';
import { Cross, Image as ImageIcon } from '@strapi/icons';
import { useStrapiApp } from '@strapi/strapi/admin';
import { styled } from 'styled-components';

import { useText } from '../../../hooks/useText';
import { originalUrl } from '../../../services/fileUrl';
import { useFile } from '../../../services/mediaLibrary';

interface PictureInputProps {
  label: string;
  /** The number of a file, or what else a preset names it by; undefined for none. */
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** What the media library's own fields open. */
type LibraryDialog = ComponentType<{
  allowedTypes: string[];
  multiple: boolean;
  onClose: () => void;
  onSelectAssets: (files: { id: number }[]) => void;
}>;

/** A picture of the media library, or none; by its number where there is no dialog to choose it in. */
export function PictureInput(props: PictureInputProps) {
  const components = useStrapiApp('Cutout', (app) => app.components) as Record<string, unknown> | undefined;
  const Dialog = components?.['media-library'] as LibraryDialog | undefined;
  return Dialog ? <Picked {...props} Dialog={Dialog} /> : <ByNumber {...props} />;
}

function ByNumber({ label, value, onChange }: PictureInputProps) {
  const text = useText();
  return (
    <Labelled.Root width="100%" hint={text('editor.picture.number')}>
      <Labelled.Label>{label}</Labelled.Label>
      <TextInput
        size="S"
        type="number"
        min={1}
        step={1}
        value={value ?? ''}
        onChange={(event: { target: { value: string } }) => onChange(event.target.value || undefined)}
      />
      <Labelled.Hint />
    </Labelled.Root>
  );
}

function Picked({ label, value, onChange, Dialog }: PictureInputProps & { Dialog: LibraryDialog }) {
  const text = useText();
  const [isOpen, setIsOpen] = useState(false);
  const choose = ([file]: { id: number }[]) => {
    setIsOpen(false);
    if (file) onChange(String(file.id));
  };
  return (
    <Flex role="group" aria-label={label} direction="column" alignItems="stretch" gap={2}>
      <Typography variant="pi" fontWeight="bold" textColor="neutral800" aria-hidden>
        {label}
      </Typography>
      {value === undefined ? null : <Chosen value={value} />}
      <Flex gap={2} wrap="wrap">
        <Button size="S" variant="tertiary" startIcon={<ImageIcon />} onClick={() => setIsOpen(true)}>
          {text(value === undefined ? 'editor.picture.choose' : 'editor.picture.change')}
        </Button>
        {value === undefined ? null : (
          <Button size="S" variant="tertiary" startIcon={<Cross />} onClick={() => onChange(undefined)}>
            {text('editor.picture.remove')}
          </Button>
        )}
      </Flex>
      {isOpen ? (
        <Dialog allowedTypes={['images']} multiple={false} onClose={() => setIsOpen(false)} onSelectAssets={choose} />
      ) : null}
    </Flex>
  );
}

const Small = styled.img`
  width: 4.8rem;
  height: 4.8rem;
  object-fit: cover;
  border-radius: ${({ theme }) => theme.borderRadius};
  background: ${({ theme }) => theme.colors.neutral150};
`;

/** A preset may name its picture otherwise than by number, as by its address. */
const isNumber = (value: string): boolean => /^[0-9]+$/.test(value);

function Chosen({ value }: { value: string }) {
  return isNumber(value) ? <ChosenFile id={Number(value)} /> : <Name>{value}</Name>;
}

/** Where this role may not see the file, its number stands for it. */
function ChosenFile({ id }: { id: number }) {
  const text = useText();
  const { data: file } = useFile(id);
  return (
    <Flex gap={2}>
      {file ? <Small src={originalUrl(file)} alt="" /> : null}
      <Name>{file?.name ?? text('editor.picture.file', { id })}</Name>
    </Flex>
  );
}

function Name({ children }: { children: string }) {
  return (
    <Typography variant="pi" textColor="neutral800" style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Typography>
  );
}
