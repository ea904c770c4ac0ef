import type { ReactNode } from 'react';

import { Button, Flex } from '@strapi/design-system';
import { styled } from 'styled-components';

import { useText } from '../../hooks/useText';
import { ColorPick } from './ColorPick';
import type { Tool } from './tools';
import { backdrops, type BackdropControl } from './useBackdrop';

const Swatch = styled.button<{ $ground: string }>`
  width: 3.2rem;
  height: 3.2rem;
  padding: 0;
  border: 1px solid ${({ theme }) => theme.colors.neutral500};
  border-radius: ${({ theme }) => theme.borderRadius};
  background: ${({ $ground }) => $ground};
  cursor: pointer;
  &[aria-pressed='true'],
  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: 2px;
  }
`;

const CHECKER = 'repeating-conic-gradient(#d4d4d8 0 25%, #ffffff 0 50%) 0 0 / 1.6rem 1.6rem';

interface ToggleProps {
  isOn: boolean;
  onPress: () => void;
  children: ReactNode;
}

/** A button that stays pressed. */
function PressButton({ isOn, onPress, children }: ToggleProps) {
  return (
    <Button size="S" variant={isOn ? 'secondary' : 'tertiary'} aria-pressed={isOn} onClick={onPress}>
      {children}
    </Button>
  );
}

interface ToolsProps {
  /** Those that this person may use. */
  tools: readonly Tool[];
  tool: Tool;
  onTool: (tool: Tool) => void;
}

export function Tools({ tools, tool, onTool }: ToolsProps) {
  const text = useText();
  return (
    <Flex role="group" aria-label={text('editor.tools')} gap={1} wrap="wrap">
      {tools.map((one) => (
        <PressButton key={one} isOn={one === tool} onPress={() => onTool(one)}>
          {text(`editor.tool.${one}`)}
        </PressButton>
      ))}
    </Flex>
  );
}

export function Backdrops({ control: { name, brand, choose, setBrand } }: { control: BackdropControl }) {
  const text = useText();
  const grounds = { checker: CHECKER, white: '#ffffff', black: '#000000', brand };
  return (
    <Flex role="group" aria-label={text('editor.backdrop')} gap={2}>
      {backdrops.map((one) => (
        <Swatch
          key={one}
          type="button"
          $ground={grounds[one]}
          aria-label={text(`editor.backdrop.${one}`)}
          title={text(`editor.backdrop.${one}`)}
          aria-pressed={one === name}
          onClick={() => choose(one)}
        />
      ))}
      {name === 'brand' ? (
        <ColorPick
          aria-label={text('editor.backdrop.color')}
          value={brand}
          onChange={(event) => setBrand(event.target.value)}
        />
      ) : null}
    </Flex>
  );
}

interface ZoomProps {
  /** Of the original, 1 being as it is. */
  share: string;
  isFringe: boolean;
  onIn: () => void;
  onOut: () => void;
  onFit: () => void;
  onWhole: () => void;
  onFringe: () => void;
}

export function ZoomButtons({ share, isFringe, onIn, onOut, onFit, onWhole, onFringe }: ZoomProps) {
  const text = useText();
  return (
    <>
      <Flex role="group" aria-label={text('editor.zoom')} gap={1} wrap="wrap">
        <Button size="S" variant="tertiary" aria-label={text('editor.zoom.out')} onClick={onOut}>
          −
        </Button>
        <Button size="S" variant="tertiary" aria-label={text('editor.zoom.whole', { share })} onClick={onWhole}>
          {share}
        </Button>
        <Button size="S" variant="tertiary" aria-label={text('editor.zoom.in')} onClick={onIn}>
          +
        </Button>
        <Button size="S" variant="tertiary" onClick={onFit}>
          {text('editor.zoom.fit')}
        </Button>
      </Flex>
      <PressButton isOn={isFringe} onPress={onFringe}>
        {text('editor.fringe')}
      </PressButton>
    </>
  );
}
