import { type KeyboardEvent, type PointerEvent, useRef } from 'react';

import { styled } from 'styled-components';

import { useText } from '../../hooks/useText';

const Handle = styled.div`
  position: absolute;
  top: 0;
  bottom: 0;
  width: 3.2rem;
  margin-left: -1.6rem;
  cursor: ew-resize;
  touch-action: none;
  outline: none;
  &::before {
    content: '';
    position: absolute;
    inset: 0 auto 0 50%;
    width: 2px;
    margin-left: -1px;
    background: #ffffff;
    box-shadow: 0 0 0 1px rgb(0 0 0 / 60%);
  }
  &::after {
    content: '↔';
    position: absolute;
    top: 50%;
    left: 0;
    width: 3.2rem;
    height: 3.2rem;
    margin-top: -1.6rem;
    border-radius: 50%;
    background: #ffffff;
    box-shadow: 0 0 0 1px rgb(0 0 0 / 60%);
    color: #32324d;
    font-size: 1.6rem;
    line-height: 3.2rem;
    text-align: center;
  }
  &:focus-visible::after {
    box-shadow:
      0 0 0 2px #ffffff,
      0 0 0 5px ${({ theme }) => theme.colors.primary600};
  }
`;

const STEP = 0.02;
const LARGE_STEP = 0.1;
const clamp = (value: number) => Math.min(1, Math.max(0, value));

interface DividerProps {
  /** 0…1 of the stage's width. */
  value: number;
  onChange: (value: number) => void;
}

/** The line between before and after, for pointer and keyboard. */
export function Divider({ value, onChange }: DividerProps) {
  const text = useText();
  const isHeld = useRef(false);
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (!isHeld.current) return;
    event.stopPropagation();
    const { left, width } = event.currentTarget.parentElement!.getBoundingClientRect();
    onChange(clamp((event.clientX - left) / width));
  };
  const press = (event: KeyboardEvent) => {
    const next: Record<string, number> = {
      ...{ ArrowLeft: value - STEP, ArrowDown: value - STEP, ArrowRight: value + STEP, ArrowUp: value + STEP },
      ...{ PageDown: value - LARGE_STEP, PageUp: value + LARGE_STEP, Home: 0, End: 1 },
    };
    const wanted = next[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(clamp(wanted));
  };
  const share = Math.round(value * 100);
  return (
    <Handle
      role="slider"
      tabIndex={0}
      aria-label={text('editor.divider')}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share}
      aria-valuetext={text('editor.divider.value', { share })}
      style={{ left: `${value * 100}%` }}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        isHeld.current = true;
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        isHeld.current = false;
      }}
      onPointerCancel={() => {
        isHeld.current = false;
      }}
    />
  );
}
