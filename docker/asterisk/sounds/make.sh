#!/bin/sh
# Make the recorded words of the fallback anew; a site with a studio replaces the files instead.
# needs espeak-ng and ffmpeg
set -eu
cd "$(dirname "$(readlink -f "$0")")"
words() {
    espeak-ng -v cmn -s 220 --stdout "$2" \
        | ffmpeg -loglevel error -y -i - -af 'highpass=f=200,lowpass=f=3400,volume=1.5,adelay=200,apad=pad_dur=0.3' \
            -ar 8000 -ac 1 -f alaw "$1.alaw"
}
words unavailable "您好，语音服务现在用不了，正在转人工，通话会录音。要留言请按一。"
words interrupted "抱歉，语音服务断了，电话没断，正在转人工。要留言请按一。"
words nobody "现在没有空闲的座席。"
words leave_word "请在嘀声后留下您的电话和要办的事，说完按井号。"
words waiting "座席都在忙，请再等一等。要留言请按一。"
words noted "记下了，我们会给您回电。再见。"
words sorry "抱歉，服务断了，稍后再联系您。再见。"
# the tone after which he speaks
ffmpeg -loglevel error -y -f alaw -ar 8000 -ac 1 -i leave_word.alaw -f lavfi -t 0.4 -i "sine=frequency=1000:sample_rate=8000" \
    -filter_complex '[1]volume=0.6[tone];[0][tone]concat=n=2:v=0:a=1' -ar 8000 -ac 1 -f alaw with_tone.alaw
mv with_tone.alaw leave_word.alaw
# hold music: four soft chords, twelve seconds
chord() { echo "sin(2*PI*$1*t)+sin(2*PI*$2*t)+sin(2*PI*$3*t)"; }
swell='0.06*sin(PI*mod(t\,3)/3)'
ffmpeg -loglevel error -y -f lavfi -i "aevalsrc=$swell*(if(lt(t\,3)\,$(chord 262 330 392)\,if(lt(t\,6)\,$(chord 220 262 330)\,if(lt(t\,9)\,$(chord 175 220 262)\,$(chord 196 247 294))))):d=12:s=8000" \
    -ac 1 -f alaw moh/hold.alaw
