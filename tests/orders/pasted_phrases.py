"""Two hundred orders as canteens write them in WeChat, and what a sensible kitchen buyer takes each to mean.

They were written before the reader of pasted orders was, by somebody who had not seen it, so that they are an exam of
it and no description. Only the names of the dictionary were known. The rules they hold to:

- A weight is in whole grams: 斤 500, 两 50, 公斤/千克/kg 1000, 担 50 000, 吨 a million.
- Only poultry and pigs are counted (只, 羽, 头). All else is weighed, eggs, melons and cabbages too: a count of them is
  a thing to ask about, and so is a weight of poultry.
- "ask" stands where a careful person asks before ordering; the line then holds the best guess, or nothing where there
  is none. An unknown produce has the name "" and keeps the amount it was written with.
- A wrong character of the same sound in a name that can then mean one produce only is read without asking. One that
  only looks alike, a wrong unit, pinyin, a name cut short, a dialect name the dictionary has not, a broken figure and a
  picture in place of a name are asked about. O and l inside a figure are 0 and 1.
- What may not be sold is asked about; so is every line of a text whose total does not agree.
- What is taken back leaves no line. The same produce for two places is two lines. The order of the lines is no part of
  the exam.
- A missing unit is asked about, and 斤 is the guess. 20来斤 is asked about with the round figure, 20到30斤 with none.
- Boxes and bags are asked about unless the text says what one holds.
- A price, a date, an hour, a place, a head count, a list number, a total and the size of a piece are no amounts.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of an order: the dictionary's own name, and a weight or a count."""

    produce: str
    grams: int | None = None
    pieces: int | None = None
    ask: bool = False


@dataclass(frozen=True)
class Phrase:
    """One pasted text, the lines meant by it and, where it has a slip, which."""

    text: str
    lines: tuple[Line, ...]
    slip: str = ""


PHRASES: tuple[Phrase, ...] = (
    # Plain lists, every kind of separator
    Phrase("20斤芦笋、38斤西兰花、15斤包菜", (Line("", 10_000, ask=True), Line("西兰花", 19_000), Line("包菜", 7500))),
    Phrase("土豆50斤，萝卜30斤，大白菜40斤", (Line("马铃薯", 25_000), Line("白萝卜", 15_000), Line("大白菜", 20_000))),
    Phrase("西红柿 25斤 黄瓜 25斤 茄子 15斤", (Line("西红柿", 12_500), Line("黄瓜", 12_500), Line("茄子", 7500))),
    Phrase("冬瓜100斤;南瓜60斤;丝瓜20斤", (Line("冬瓜", 50_000), Line("南瓜", 30_000), Line("丝瓜", 10_000))),
    Phrase(
        "胡萝卜20斤\n莴笋30斤\n芹菜15斤\n生姜5斤",
        (Line("胡萝卜", 10_000), Line("莴笋", 15_000), Line("芹菜", 7500), Line("生姜", 2500)),
    ),
    Phrase("菠菜10斤生菜12斤油麦菜15斤", (Line("菠菜", 5000), Line("生菜", 6000), Line("油麦菜", 7500))),
    Phrase("20斤空心菜15斤苋菜8斤韭菜", (Line("空心菜", 10_000), Line("苋菜", 7500), Line("韭菜", 4000))),
    Phrase("花菜：30斤，包菜：45斤，小葱：3斤", (Line("花菜", 15_000), Line("包菜", 22_500), Line("葱", 1500))),
    Phrase("豇豆:20斤/四季豆:25斤/毛豆:10斤", (Line("豇豆", 10_000), Line("四季豆", 12_500), Line("毛豆", 5000))),
    Phrase("红薯-40斤 紫薯-20斤 山药-15斤", (Line("红薯", 20_000), Line("紫薯", 10_000), Line("山药", 7500))),
    Phrase("要莲藕35斤和荸荠10斤", (Line("莲藕", 17_500), Line("荸荠", 5000))),
    Phrase("来20斤土豆，再来10斤胡萝卜", (Line("马铃薯", 10_000), Line("胡萝卜", 5000))),
    Phrase("鲜玉米30公斤，毛豆15公斤", (Line("鲜玉米", 30_000), Line("毛豆", 15_000))),
    Phrase("大米200kg 糯米50kg 黄豆25kg", (Line("大米", 200_000), Line("糯米", 50_000), Line("黄豆", 25_000))),
    Phrase("草鱼40斤。花鲢30斤。禾花鱼8斤。", (Line("草鱼", 20_000), Line("花鲢", 15_000), Line("稻花鱼", 4000))),
    Phrase("50斤土豆", (Line("马铃薯", 25_000),)),
    Phrase("白菜30斤", (Line("大白菜", 15_000),)),
    Phrase(
        "生姜3斤 大蒜5斤 小葱2斤 小米椒1斤",
        (Line("生姜", 1500), Line("大蒜头", 2500), Line("葱", 1000), Line("辣椒", 500)),
    ),
    Phrase("番茄15斤，鸡蛋20斤", (Line("西红柿", 7500), Line("鸡蛋", 10_000))),
    Phrase(
        "脐橙80斤 | 猕猴桃60斤 | 梨50斤 | 葡萄45斤",
        (Line("脐橙", 40_000), Line("猕猴桃", 30_000), Line("翠冠梨", 25_000), Line("葡萄", 22_500)),
    ),
    Phrase("豆腐干10斤,萝卜干5斤,梅干菜3斤", (Line("豆腐干", 5000), Line("萝卜干", 2500), Line("梅干菜", 1500))),
    Phrase(
        "鲜香菇8斤\u3000木耳2斤\u3000茶树菇6斤\u3000干茶树菇1斤",
        (Line("鲜香菇", 4000), Line("木耳", 1000), Line("茶树菇", 3000), Line("干茶树菇", 500)),
    ),
    Phrase("笋干3斤+红薯粉10斤+年糕15斤", (Line("笋干", 1500), Line("红薯粉", 5000), Line("米果", 7500))),
    Phrase("菜心12.5斤，红菜苔7.5斤", (Line("菜心", 6250), Line("红菜苔", 3750))),
    Phrase(
        (
            "上海青20斤、蒜苗6斤、莴苣18斤、香干9斤、冬笋4斤、豆角11斤、凉瓜7斤、盖菜13斤、"
            "圆椒5斤、番薯16斤、马蹄3斤、青瓜14斤"
        ),
        (
            Line("小白菜", 10_000),
            Line("大蒜苗", 3000),
            Line("莴笋", 9000),
            Line("豆腐干", 4500),
            Line("冬笋", 2000),
            Line("豇豆", 5500),
            Line("苦瓜", 3500),
            Line("芥菜", 6500),
            Line("甜椒", 2500),
            Line("红薯", 8000),
            Line("荸荠", 1500),
            Line("黄瓜", 7000),
        ),
    ),
    Phrase(
        "土豆60斤\n包菜50斤\n冬瓜80斤\n胡萝卜20斤\n西红柿30斤\n黄瓜30斤\n鸡蛋40斤\n生姜5斤\n大蒜5斤\n葱4斤",
        (
            Line("马铃薯", 30_000),
            Line("包菜", 25_000),
            Line("冬瓜", 40_000),
            Line("胡萝卜", 10_000),
            Line("西红柿", 15_000),
            Line("黄瓜", 15_000),
            Line("鸡蛋", 20_000),
            Line("生姜", 2500),
            Line("大蒜头", 2500),
            Line("葱", 2000),
        ),
    ),
    Phrase("红萝卜15斤，白萝卜18斤，萝卜干2斤", (Line("胡萝卜", 7500), Line("白萝卜", 9000), Line("萝卜干", 1000))),
    # Numbers in Chinese, and the other units
    Phrase("土豆二十斤、萝卜三十五斤", (Line("马铃薯", 10_000), Line("白萝卜", 17_500))),
    Phrase("冬瓜一百五十斤，南瓜八十斤", (Line("冬瓜", 75_000), Line("南瓜", 40_000))),
    Phrase("大米一百五十公斤", (Line("大米", 150_000),)),
    Phrase("白菜两百斤，萝卜一百二十斤", (Line("大白菜", 100_000), Line("白萝卜", 60_000))),
    Phrase("红薯一千二百斤", (Line("红薯", 600_000),)),
    Phrase("生姜一斤半，大蒜两斤", (Line("生姜", 750), Line("大蒜头", 1000))),
    Phrase("干香菇三斤二两", (Line("干香菇", 1600),)),
    Phrase("十斤菠菜，十二斤韭菜", (Line("菠菜", 5000), Line("韭菜", 6000))),
    Phrase("包菜一百零五斤", (Line("包菜", 52_500),)),
    Phrase("莲藕两斤半、藕带一斤二两", (Line("莲藕", 1250), Line("藕带", 600))),
    Phrase("莲芯三两，通心白莲五斤，藕粉四斤", (Line("莲芯", 150), Line("通心白莲", 2500), Line("藕粉", 2000))),
    Phrase("晚米1吨，糯米两担", (Line("大米", 1_000_000), Line("糯米", 100_000))),
    Phrase("西瓜半吨", (Line("西瓜", 500_000),)),
    Phrase("绿豆500克，黄豆1500克", (Line("绿豆", 500), Line("黄豆", 1500))),
    Phrase("木耳250g、莲子750g", (Line("木耳", 250), Line("通心白莲", 750))),
    Phrase("土豆12千克，洋芋另外再加3千克", (Line("马铃薯", 12_000), Line("马铃薯", 3000))),
    Phrase("鸡蛋十五公斤，鸭蛋八公斤半", (Line("鸡蛋", 15_000), Line("鸭蛋", 8500))),
    Phrase("萝卜1担，大白菜1担半", (Line("白萝卜", 50_000), Line("大白菜", 75_000))),
    Phrase("胡萝卜25市斤，茭白10市斤", (Line("胡萝卜", 12_500), Line("茭白", 5000))),
    Phrase("茶油二十斤，蜂蜜六斤", (Line("茶油", 10_000), Line("蜂蜜", 3000))),
    Phrase("土豆一百五十六斤八两", (Line("马铃薯", 78_400),)),
    Phrase("大米0.5吨", (Line("大米", 500_000),)),
    Phrase("南瓜1,200斤", (Line("南瓜", 600_000),)),
    Phrase("绿茶4斤3两", (Line("绿茶", 2150),)),
    # 各: one amount for several
    Phrase("土豆和萝卜各30斤", (Line("马铃薯", 15_000), Line("白萝卜", 15_000))),
    Phrase(
        "白菜、包菜、花菜各40斤，生姜5斤",
        (Line("大白菜", 20_000), Line("包菜", 20_000), Line("花菜", 20_000), Line("生姜", 2500)),
    ),
    Phrase("各20斤：黄瓜、茄子、苦瓜", (Line("黄瓜", 10_000), Line("茄子", 10_000), Line("苦瓜", 10_000))),
    Phrase("葱姜蒜各两斤", (Line("葱", 1000), Line("生姜", 1000), Line("大蒜头", 1000, ask=True))),
    Phrase(
        "芹菜10斤，菠菜、生菜、油麦菜每样15斤",
        (Line("芹菜", 5000), Line("菠菜", 7500), Line("生菜", 7500), Line("油麦菜", 7500)),
    ),
    Phrase("土鸡土鸭各十只", (Line("土鸡", pieces=10), Line("土鸭", pieces=10))),
    # Counted goods
    Phrase("土鸡12只，番鸭8只", (Line("土鸡", pieces=12), Line("番鸭", pieces=8))),
    Phrase("鸭子二十羽", (Line("土鸭", pieces=20),)),
    Phrase("麻鸭6只、白鹅两只、鸡10只", (Line("土鸭", pieces=6), Line("白鹅", pieces=2), Line("土鸡", pieces=10))),
    Phrase("生猪1头，草鱼60斤", (Line("生猪", pieces=1), Line("草鱼", 30_000))),
    Phrase("要三黄鸡15只，每只三斤左右", (Line("土鸡", pieces=15),)),
    Phrase("周五杀一头土猪", (Line("生猪", pieces=1),)),
    Phrase("来五只鹅", (Line("白鹅", pieces=5),)),
    Phrase("走地鸡 x 8只 红面番鸭 x 4只", (Line("土鸡", pieces=8), Line("番鸭", pieces=4))),
    # Greetings, places, days and hours around it
    Phrase("王姐，明天早上7点前送：土豆40斤、西红柿20斤", (Line("马铃薯", 20_000), Line("西红柿", 10_000))),
    Phrase(
        "周三要的菜：包菜30斤 茄子20斤 丝瓜15斤 谢谢", (Line("包菜", 15_000), Line("茄子", 10_000), Line("丝瓜", 7500))
    ),
    Phrase("你好，3号食堂明天要冬瓜50斤，豆角20斤，送到二楼", (Line("冬瓜", 25_000), Line("豇豆", 10_000))),
    Phrase(
        "12月5日 学校食堂\n大白菜80斤\n胡萝卜40斤\n鸡蛋30斤",
        (Line("大白菜", 40_000), Line("胡萝卜", 20_000), Line("鸡蛋", 15_000)),
    ),
    Phrase(
        "医院营养科：菠菜15斤，山药20斤，西兰花25斤，6:30前到后门",
        (Line("菠菜", 7500), Line("山药", 10_000), Line("西兰花", 12_500)),
    ),
    Phrase(
        "各位老师早上好！后天（周四）中餐用菜，花菜60斤、青椒25斤，麻烦了", (Line("花菜", 30_000), Line("辣椒", 12_500))
    ),
    Phrase(
        "家里四个人吃，西红柿3斤，黄瓜2斤，土豆5斤", (Line("西红柿", 1500), Line("黄瓜", 1000), Line("马铃薯", 2500))
    ),
    Phrase("350人用餐，明天订：土豆120斤，萝卜90斤", (Line("马铃薯", 60_000), Line("白萝卜", 45_000))),
    Phrase(
        "早餐：鸡蛋20斤，红薯30斤\n中餐：草鱼50斤，包菜40斤\n晚餐：空心菜35斤",
        (
            Line("鸡蛋", 10_000),
            Line("红薯", 15_000),
            Line("草鱼", 25_000),
            Line("包菜", 20_000),
            Line("空心菜", 17_500),
        ),
    ),
    Phrase(
        "公司食堂2号窗口，11月30号上午9点半送，莲藕25斤，香菇10斤。收货电话000-0000-0000",
        (Line("莲藕", 12_500), Line("鲜香菇", 5000)),
    ),
    Phrase("师傅，跟上次一样送1号门，今天要生菜18斤、韭菜9斤", (Line("生菜", 9000), Line("韭菜", 4500))),
    Phrase("初二(3)班包饺子：韭菜12斤，大白菜20斤", (Line("韭菜", 6000), Line("大白菜", 10_000))),
    Phrase("老板在吗？麻烦明天给送30斤土豆过来，还有10斤洋芋粉不要，谢谢", (Line("马铃薯", 15_000),)),
    Phrase("7点之前 20斤上海青 到三楼", (Line("小白菜", 10_000),)),
    Phrase(
        "【幼儿园】明日菜单用料：南瓜15斤；西兰花12斤；胡萝卜8斤；鲜玉米20斤。签收：后勤",
        (Line("南瓜", 7500), Line("西兰花", 6000), Line("胡萝卜", 4000), Line("鲜玉米", 10_000)),
    ),
    Phrase("下周一到周三每天都要来人点货，先订周一的：包菜50斤，葱5斤", (Line("包菜", 25_000), Line("葱", 2500))),
    Phrase("不好意思这么晚，明早8:00送货，茄子25斤 苦瓜10斤 收到请回复", (Line("茄子", 12_500), Line("苦瓜", 5000))),
    Phrase(
        "机关食堂5桌客人，土鸡5只，草鱼25斤，冬笋10斤",
        (Line("土鸡", pieces=5), Line("草鱼", 12_500), Line("冬笋", 5000)),
    ),
    Phrase("早上好", ()),
    Phrase("今天不用送了，谢谢", ()),
    Phrase("收到，明天7点在后门等", ()),
    # Remarks and grades
    Phrase("生姜5斤（要嫩的），土豆30斤（去皮）", (Line("生姜", 2500), Line("马铃薯", 15_000))),
    Phrase("一级脐橙50斤，二级蜜桔30斤", (Line("脐橙", 25_000), Line("蜜桔", 15_000))),
    Phrase("通心白莲特级10斤，莲芯统货1斤", (Line("通心白莲", 5000), Line("莲芯", 500))),
    Phrase("西兰花20斤(不要开花的)、花菜20斤(要散的)", (Line("西兰花", 10_000), Line("花菜", 10_000))),
    Phrase("散养土鸡6只（杀好）", (Line("土鸡", pieces=6),)),
    Phrase("新鲜的黄瓜15斤，不要太老的丝瓜12斤", (Line("黄瓜", 7500), Line("丝瓜", 6000))),
    Phrase("红薯30斤，单个3两到半斤的", (Line("红薯", 15_000),)),
    Phrase("草鱼30斤，每条3斤以上，杀好去鳞", (Line("草鱼", 15_000),)),
    Phrase("莲子（鲜的）8斤", (Line("鲜莲子", 4000),)),
    Phrase("香菇（干的）4斤", (Line("干香菇", 2000),)),
    Phrase("小葱3斤 要洗干净 大蒜4斤 要剥好的", (Line("葱", 1500), Line("大蒜头", 2000))),
    Phrase("大蛋鸡蛋25斤，咸鸭蛋10斤", (Line("鸡蛋", 12_500), Line("咸鸭蛋", 5000))),
    Phrase("切好的冬瓜40斤，切片的莴笋20斤", (Line("冬瓜", 20_000), Line("莴笋", 10_000))),
    # Prices are no amounts
    Phrase("2块5一斤的那种 萝卜30斤", (Line("白萝卜", 15_000),)),
    Phrase("土豆1.8元/斤，要60斤", (Line("马铃薯", 30_000),)),
    Phrase("西红柿20斤@3.5元，黄瓜15斤@2.8元", (Line("西红柿", 10_000), Line("黄瓜", 7500))),
    Phrase("包菜50斤，单价1元2，共60元", (Line("包菜", 25_000),)),
    Phrase("脐橙要4块钱一斤的100斤，不要太小", (Line("脐橙", 50_000),)),
    Phrase("鸡蛋30斤，5块5，一共165元", (Line("鸡蛋", 15_000),)),
    Phrase("土鸡8只，一只不超过120元", (Line("土鸡", pieces=8),)),
    # Numbered lists and totals
    Phrase(
        "1. 土豆40斤\n2. 包菜30斤\n3. 茄子20斤", (Line("马铃薯", 20_000), Line("包菜", 15_000), Line("茄子", 10_000))
    ),
    Phrase("①冬瓜60斤②南瓜40斤③丝瓜20斤", (Line("冬瓜", 30_000), Line("南瓜", 20_000), Line("丝瓜", 10_000))),
    Phrase(
        "1、大白菜50斤 2、胡萝卜25斤 3、葱5斤 一共3样",
        (Line("大白菜", 25_000), Line("胡萝卜", 12_500), Line("葱", 2500)),
    ),
    Phrase(
        "土豆50斤、萝卜40斤、白菜30斤，合计120斤",
        (Line("马铃薯", 25_000), Line("白萝卜", 20_000), Line("大白菜", 15_000)),
    ),
    Phrase("一、芹菜15斤；二、韭菜10斤；三、青椒12斤。", (Line("芹菜", 7500), Line("韭菜", 5000), Line("辣椒", 6000))),
    Phrase(
        "（1）莲藕30斤（2）山药20斤（3）芋头20斤，共70斤",
        (Line("莲藕", 15_000), Line("山药", 10_000), Line("芋头", 10_000)),
    ),
    Phrase(
        "序号 品名 数量\n1 空心菜 25斤\n2 苋菜 20斤\n3 毛豆 10斤\n总计 55斤",
        (Line("空心菜", 12_500), Line("苋菜", 10_000), Line("毛豆", 5000)),
    ),
    Phrase("土豆20斤（10公斤），生姜4斤（2公斤）", (Line("马铃薯", 10_000), Line("生姜", 2000))),
    Phrase("土豆20斤，萝卜30斤，合计80斤", (Line("马铃薯", 10_000, ask=True), Line("白萝卜", 15_000, ask=True))),
    # Taken back, left out, said twice
    Phrase("芹菜不要了，其他照旧：土豆30斤，包菜25斤", (Line("马铃薯", 15_000), Line("包菜", 12_500))),
    Phrase("土豆30斤，芹菜10斤，茄子15斤。芹菜不要了", (Line("马铃薯", 15_000), Line("茄子", 7500))),
    Phrase("菠菜昨天还有剩，今天就不要了，生菜20斤", (Line("生菜", 10_000),)),
    Phrase("取消昨天的南瓜40斤，换成冬瓜40斤", (Line("冬瓜", 20_000),)),
    Phrase("一楼土豆20斤，二楼土豆15斤", (Line("马铃薯", 10_000), Line("马铃薯", 7500))),
    Phrase(
        "小学部：包菜30斤，鸡蛋15斤\n初中部：包菜45斤，鸡蛋25斤",
        (Line("包菜", 15_000), Line("鸡蛋", 7500), Line("包菜", 22_500), Line("鸡蛋", 12_500)),
    ),
    Phrase(
        "西红柿20斤或者黄瓜20斤，哪个新鲜送哪个", (Line("西红柿", 10_000, ask=True), Line("黄瓜", 10_000, ask=True))
    ),
    # Where a careful person asks
    Phrase("土豆20到30斤，萝卜15斤", (Line("马铃薯", ask=True), Line("白萝卜", 7500))),
    Phrase("脐橙3箱，蜜桔20斤", (Line("脐橙", ask=True), Line("蜜桔", 10_000))),
    Phrase("脐橙3箱，每箱20斤", (Line("脐橙", 30_000),)),
    Phrase("大米4袋，50斤装", (Line("大米", 100_000),)),
    Phrase("鸡蛋30个，生姜2斤", (Line("鸡蛋", pieces=30, ask=True), Line("生姜", 1000))),
    Phrase(
        "大白菜10颗、西瓜5个、包菜20斤",
        (Line("大白菜", pieces=10, ask=True), Line("西瓜", pieces=5, ask=True), Line("包菜", 10_000)),
    ),
    Phrase("土鸡20斤，土鸭5只", (Line("土鸡", 10_000, ask=True), Line("土鸭", pieces=5))),
    Phrase("洋葱15斤，香菜2斤，土豆30斤", (Line("", 7500, ask=True), Line("", 1000, ask=True), Line("马铃薯", 15_000))),
    Phrase(
        "猪肉30斤，豆腐20斤，韭菜10斤", (Line("", 15_000, ask=True), Line("", 10_000, ask=True), Line("韭菜", 5000))
    ),
    Phrase(
        "鸡腿25斤、红薯叶10斤、小番茄5斤",
        (Line("", 12_500, ask=True), Line("", 5000, ask=True), Line("", 2500, ask=True)),
    ),
    Phrase("笋10斤，鱼20斤", (Line("", 5000, ask=True), Line("", 10_000, ask=True))),
    Phrase("20来斤茄子，40多斤冬瓜", (Line("茄子", 10_000, ask=True), Line("冬瓜", 20_000, ask=True))),
    Phrase("土豆、萝卜也要，包菜30斤", (Line("马铃薯", ask=True), Line("白萝卜", ask=True), Line("包菜", 15_000))),
    Phrase("烟叶10斤，绿茶2斤", (Line("烟叶", 5000, ask=True), Line("绿茶", 1000))),
    Phrase("青菜来一点，土豆多一点，生姜3斤", (Line("小白菜", ask=True), Line("马铃薯", ask=True), Line("生姜", 1500))),
    Phrase("茶油2桶，蜂蜜3瓶", (Line("茶油", ask=True), Line("蜂蜜", ask=True))),
    Phrase("葱2把，大蒜苗5斤", (Line("葱", ask=True), Line("大蒜苗", 2500))),
    Phrase("老样子，跟昨天一样", ()),
    # Slips: wrong characters
    Phrase("西蓝花20斤，包菜15斤", (Line("西兰花", 10_000), Line("包菜", 7500)), "same sound: 蓝 for 兰"),
    Phrase("罗卜30斤，胡罗卜10斤", (Line("白萝卜", 15_000), Line("胡萝卜", 5000)), "same sound: 罗 for 萝"),
    Phrase("波菜12斤、芹莱8斤", (Line("菠菜", 6000), Line("芹菜", 4000, ask=True)), "wrong characters 波, 莱"),
    Phrase("黄爪20斤，冬瓜40斤", (Line("黄瓜", 10_000, ask=True), Line("冬瓜", 20_000)), "lookalike: 爪 for 瓜"),
    Phrase("莲耦25斤 生菜10斤", (Line("莲藕", 12_500), Line("生菜", 5000)), "wrong character 耦"),
    Phrase("西红士20斤，鸡旦15斤", (Line("西红柿", 10_000), Line("鸡蛋", 7500)), "same sound: 士, 旦"),
    Phrase("马玲薯40斤，红署30斤", (Line("马铃薯", 20_000), Line("红薯", 15_000)), "wrong characters 玲, 署"),
    Phrase("九菜10斤，香茹5斤", (Line("韭菜", 5000), Line("鲜香菇", 2500, ask=True)), "wrong characters 九, 茹"),
    Phrase("豆付干8斤，梅菜干3斤", (Line("豆腐干", 4000), Line("梅干菜", 1500, ask=True)), "wrong 付, turned word"),
    # Slips: figures and units
    Phrase("土豆２０斤，萝卜３５斤", (Line("马铃薯", 10_000), Line("白萝卜", 17_500)), "full-width digits"),
    Phrase("包菜２５ｋｇ\u3000葱３ｋｇ", (Line("包菜", 25_000), Line("葱", 3000)), "full-width digits, unit"),
    Phrase("土豆30，包菜20斤", (Line("马铃薯", 15_000, ask=True), Line("包菜", 10_000)), "missing unit"),
    Phrase(
        "白菜、萝卜各五十",
        (Line("大白菜", 25_000, ask=True), Line("白萝卜", 25_000, ask=True)),
        "missing unit after 各",
    ),
    Phrase(
        "茄子20 黄瓜15 丝瓜10 谢谢",
        (Line("茄子", 10_000, ask=True), Line("黄瓜", 7500, ask=True), Line("丝瓜", 5000, ask=True)),
        "no units at all",
    ),
    Phrase("冬瓜一百五，南瓜八十斤", (Line("冬瓜", 75_000, ask=True), Line("南瓜", 40_000)), "missing unit, 一百五"),
    Phrase("红薯一千二百，芋头60斤", (Line("红薯", 600_000, ask=True), Line("芋头", 30_000)), "missing unit"),
    Phrase("大白菜一百五斤，土豆两百三斤", (Line("大白菜", 75_000), Line("马铃薯", 115_000)), "clipped tens"),
    Phrase("生姜2,5斤，大蒜3斤", (Line("生姜", 1250, ask=True), Line("大蒜头", 1500)), "comma as decimal point"),
    Phrase("莲子1。5斤", (Line("通心白莲", 750, ask=True),), "full stop as decimal"),
    Phrase("土豆3O斤，茄子2O斤", (Line("马铃薯", 15_000), Line("茄子", 10_000)), "letter O for 0"),
    Phrase("包菜l5斤，莴笋l0斤", (Line("包菜", 7500), Line("莴笋", 5000)), "letter l for 1"),
    Phrase("廿斤韭菜，卅斤芹菜", (Line("韭菜", 10_000), Line("芹菜", 15_000)), "廿 and 卅"),
    Phrase("半斤葱，2两小米椒", (Line("葱", 250), Line("辣椒", 100)), "半斤 and 2两"),
    Phrase("生姜俩斤，大蒜仨斤", (Line("生姜", 1000), Line("大蒜头", 1500)), "俩 and 仨"),
    Phrase("土豆叁拾斤，白菜伍拾斤整", (Line("马铃薯", 15_000), Line("大白菜", 25_000)), "bank numerals"),
    Phrase(
        "黄豆10KG，绿豆5Kg，花生8公金",
        (Line("黄豆", 10_000), Line("绿豆", 5000), Line("花生", 8000, ask=True)),
        "mixed case, 公金",
    ),
    Phrase("茄子20近，丝瓜10今", (Line("茄子", 10_000, ask=True), Line("丝瓜", 5000, ask=True)), "近, 今 for 斤"),
    Phrase("土豆20 斤 ，萝 卜3 0斤", (Line("马铃薯", 10_000), Line("白萝卜", 15_000, ask=True)), "stray blanks inside"),
    Phrase("胡萝卜2o斤 甜椒1O斤", (Line("胡萝卜", 10_000), Line("甜椒", 5000)), "letters o, O for 0"),
    Phrase("土豆300000斤", (Line("马铃薯", 150_000_000, ask=True),), "zeros held down"),
    Phrase("斤生菜，菠菜10斤", (Line("生菜", ask=True), Line("菠菜", 5000)), "figure lost"),
    # Slips: said again, put right in the text
    Phrase("土豆20斤，不对，30斤", (Line("马铃薯", 15_000),), "corrected in text"),
    Phrase(
        "包菜40斤 黄瓜20斤 刚才说错了，包菜改成25斤",
        (Line("黄瓜", 10_000), Line("包菜", 12_500)),
        "corrected at the end",
    ),
    Phrase("茄子15斤，哦不是，是丝瓜15斤", (Line("丝瓜", 7500),), "goods corrected"),
    Phrase(
        "土豆20斤土豆20斤，生姜3斤",
        (Line("马铃薯", 10_000), Line("马铃薯", 10_000, ask=True), Line("生姜", 1500)),
        "doubled",
    ),
    Phrase("萝卜30斤斤，白白菜20斤", (Line("白萝卜", 15_000), Line("大白菜", 10_000, ask=True)), "doubled characters"),
    Phrase("冬瓜50斤(30斤)，葱2斤", (Line("冬瓜", ask=True), Line("葱", 1000)), "two amounts contradict"),
    Phrase(
        "土鸡10只，少两只吧，鸭子5只",
        (Line("土鸡", pieces=8, ask=True), Line("土鸭", pieces=5)),
        "corrected by difference",
    ),
    Phrase("南瓜20斤……再加10斤吧，西瓜不用", (Line("南瓜", 15_000, ask=True),), "added in text"),
    Phrase("芹菜10斤芹菜不要了韭菜8斤", (Line("韭菜", 4000),), "taken back, no separators"),
    # Slips: separators and signs
    Phrase(
        "土豆30萝卜20斤包菜15斤",
        (Line("马铃薯", 15_000, ask=True), Line("白萝卜", 10_000), Line("包菜", 7500)),
        "unit and separator missing",
    ),
    Phrase(
        "花菜20斤黄瓜10斤5斤生姜", (Line("花菜", 10_000), Line("黄瓜", 5000), Line("生姜", 2500)), "order turns midway"
    ),
    Phrase(
        "🥔30斤 🥕20斤 🍅15斤",
        (Line("马铃薯", 15_000, ask=True), Line("胡萝卜", 10_000, ask=True), Line("西红柿", 7500, ask=True)),
        "emoji for names",
    ),
    Phrase("包菜30斤👌茄子20斤🍆谢谢🙏🙏", (Line("包菜", 15_000), Line("茄子", 10_000)), "emoji between"),
    Phrase(
        "土豆，，，20斤、、萝卜。。30斤",
        (Line("马铃薯", 10_000), Line("白萝卜", 15_000)),
        "separators repeated, misplaced",
    ),
    Phrase("山药\n20斤\n芋头\n15斤", (Line("山药", 10_000), Line("芋头", 7500)), "name and amount torn"),
    Phrase(
        "1.土豆20斤2.萝卜30斤3.5斤生姜",
        (Line("马铃薯", 10_000), Line("白萝卜", 15_000), Line("生姜", 2500, ask=True)),
        "number runs into amount",
    ),
    # Slips: dialect, old characters, voice typing
    Phrase("包心菜30斤，高丽菜10斤", (Line("包菜", 15_000, ask=True), Line("包菜", 5000, ask=True)), "dialect names"),
    Phrase("洋芋25斤、苞谷20斤", (Line("马铃薯", 12_500), Line("鲜玉米", 10_000, ask=True)), "dialect name 苞谷"),
    Phrase("毛芋15斤，辣子5斤", (Line("芋头", 7500, ask=True), Line("辣椒", 2500, ask=True)), "dialect names"),
    Phrase("長豆角10斤、雞蛋20斤", (Line("豇豆", 5000), Line("鸡蛋", 10_000)), "mixed 繁体"),
    Phrase(
        "蘿蔔30斤，南瓜40斤，薑3斤", (Line("白萝卜", 15_000), Line("南瓜", 20_000), Line("生姜", 1500)), "mixed 繁体"
    ),
    Phrase(
        "嗯那个明天要土豆二十斤然后呃包菜三十斤还有那个葱两斤就这些",
        (Line("马铃薯", 10_000), Line("包菜", 15_000), Line("葱", 1000)),
        "voice typing, fillers",
    ),
    Phrase(
        "土豆是斤，茄子二是斤",
        (Line("马铃薯", 5000, ask=True), Line("茄子", 10_000, ask=True)),
        "voice typing: 是 for 十",
    ),
    Phrase("要花生菜十斤", (Line("", 5000, ask=True),), "voice typing, two cuts"),
    Phrase("tudou 20斤，黄瓜10jin", (Line("马铃薯", 10_000, ask=True), Line("黄瓜", 5000, ask=True)), "pinyin left in"),
    Phrase("土鸡5支，鸭子10直", (Line("土鸡", pieces=5), Line("土鸭", pieces=10, ask=True)), "支, 直 for 只"),
    Phrase(
        "番茄炒蛋用的番茄10斤，蛋8斤", (Line("西红柿", 5000), Line("鸡蛋", 4000, ask=True)), "dish name, short name"
    ),
    Phrase("买20斤那个绿绿的像小树的花菜", (Line("西兰花", 10_000, ask=True),), "name forgotten, described"),
    Phrase(
        "油麦10斤，西兰15斤，空心8斤",
        (Line("油麦菜", 5000, ask=True), Line("西兰花", 7500, ask=True), Line("空心菜", 4000, ask=True)),
        "names cut short",
    ),
)
