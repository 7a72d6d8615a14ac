import '../style/page.css';
import 'uplot/dist/uPlot.min.css';
import { addBlend } from './blend.ts';
import { addChart } from './chart-panel.ts';
import { addCheckForm } from './check-form.ts';
import { readData } from './data.ts';
import { addDayPicker } from './day-picker.ts';
import { all, byId } from './dom.ts';
import { addExplain } from './explain-panel.ts';
import { addSort } from './sort.ts';
import { addTheme } from './theme.ts';
import { showTimes } from './times.ts';
import { addVerify } from './verify-panel.ts';

/** Brings a page to life: everything that it says without this it goes on saying. */
function start(): void {
  for (const note of all('.needs-script')) note.remove();
  const data = readData();
  const chart = data && addChart(data, addExplain(data));
  addTheme(() => chart?.redraw());
  showTimes();
  const constituents = byId('constituents');
  if (constituents) addSort(constituents);
  if (data) {
    addBlend(data);
    const panel = addVerify(data);
    addDayPicker(data, (date) => panel?.ofDay(date));
  }
  addCheckForm();
}

start();
