import type { ReactNode } from 'react';
import {
  Button,
  Slider,
  SliderThumb,
  SliderTrack,
  Switch,
  ToggleButton,
  Tooltip,
  TooltipTrigger,
  type ButtonProps,
} from 'react-aria-components';

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'className'> {
  readonly label: string;
  readonly children: ReactNode;
}

export const IconButton = ({ label, children, ...rest }: IconButtonProps) => (
  <TooltipTrigger delay={500}>
    <Button className="icon-button" aria-label={label} {...rest}>
      {children}
    </Button>
    <Tooltip className="tooltip" offset={6}>
      {label}
    </Tooltip>
  </TooltipTrigger>
);

interface ToggleProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly children: ReactNode;
  readonly tone?: 'solo' | 'mute' | 'plain';
}

export const Toggle = ({ label, isOn, onChange, children, tone = 'plain' }: ToggleProps) => (
  <TooltipTrigger delay={500}>
    <ToggleButton
      className={`toggle toggle-${tone}`}
      aria-label={label}
      isSelected={isOn}
      onChange={onChange}
    >
      {children}
    </ToggleButton>
    <Tooltip className="tooltip" offset={6}>
      {label}
    </Tooltip>
  </TooltipTrigger>
);

interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** A switch with its words before it. */
export const LabelledSwitch = ({ label, isOn, onChange }: SwitchProps) => (
  <Switch className="switch switch-labelled" isSelected={isOn} onChange={onChange}>
    <span>{label}</span>
    <span className="switch-track" aria-hidden="true" />
  </Switch>
);

interface FaderProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  /** When it is let go. */
  readonly onCommit?: (value: number) => void;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where a double click brings it. */
  readonly home: number;
  readonly format: (value: number) => string;
  readonly showValue?: boolean;
}

/** A horizontal fader; double click brings it home. The filled part starts at home. */
export const Fader = (props: FaderProps) => {
  const { label, value, onChange, onCommit, min, max, step, home, format, showValue = true } = props;
  const at = (each: number) => (100 * (each - min)) / (max - min);
  const [from, to] = [Math.min(at(home), at(value)), Math.max(at(home), at(value))];
  return (
    <Slider
      className="fader"
      aria-label={label}
      value={value}
      minValue={min}
      maxValue={max}
      step={step}
      onChange={(next) => onChange(next)}
      onChangeEnd={(next) => onCommit?.(next)}
    >
      <SliderTrack
        className="fader-track"
        onDoubleClick={() => {
          onChange(home);
          onCommit?.(home);
        }}
      >
        <span className="fader-rail" aria-hidden="true" />
        <span
          className="fader-fill"
          aria-hidden="true"
          style={{ insetInlineStart: `${from}%`, width: `${to - from}%` }}
        />
        <SliderThumb className="fader-thumb" />
      </SliderTrack>
      {showValue && <span className="fader-value">{format(value)}</span>}
    </Slider>
  );
};

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly id: string; readonly name: string }[];
  readonly onChange: (id: string) => void;
}

/** One of a few, in the system's own way of choosing. */
export const Choice = ({ label, value, options, onChange }: ChoiceProps) => (
  <select
    className="choice-select"
    aria-label={label}
    value={value}
    onChange={(event) => onChange(event.target.value)}
  >
    {options.map(({ id, name }) => (
      <option key={id} value={id}>
        {name}
      </option>
    ))}
  </select>
);

interface EmptyProps {
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}

export const Empty = ({ title, text, children }: EmptyProps) => (
  <div className="empty">
    <h2>{title}</h2>
    <p>{text}</p>
    {children}
  </div>
);
